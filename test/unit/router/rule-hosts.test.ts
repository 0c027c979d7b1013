import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { hostsOfRule } from '../../../src/router/rule-hosts.ts'
import { commonCalls, commonHeads, rule, ruleTrees } from './support.ts'

/** Patterns as text; undefined when nothing is certain. */
function hostsOf(text: string): string[] | undefined {
  return hostsOfRule(rule(text))?.map((pattern) => {
    if (pattern.kind === 'any') return '*'
    return pattern.kind === 'host' ? pattern.host : `*.${pattern.parent}`
  })
}

describe('hostsOfRule', () => {
  const rows: readonly (readonly [text: string, hosts: readonly string[] | undefined])[] = [
    ['Host(`A.Local.`)', ['a.local']],
    ['Host(`*.A.local`)', ['*.a.local']],
    ['Host(`*`)', undefined],
    ['HostRegexp(`a`)', undefined],
    ['PathPrefix(`/`)', undefined],
    ['!Host(`a`)', undefined],
    ['Host(`a`) && PathPrefix(`/`)', ['a']],
    ['PathPrefix(`/`) && !Path(`/x`) && Host(`a`)', ['a']],
    ['Host(`a`) || Host(`b`)', ['a', 'b']],
    ['Host(`a`) || Host(`*.b`) && Path(`/`)', ['a', '*.b']],
    ['Host(`a`) || PathPrefix(`/`)', undefined],
    ['Host(`a`) || Host(`*`)', undefined],
    ['(Host(`a`) || Host(`b`)) && PathPrefix(`/`)', ['a', 'b']],
    ['(Host(`a`) || Host(`b`)) && Host(`b`)', ['b']],
    ['Host(`a`) && HostRegexp(`b`) && Host(`*`)', ['a']],
    ['(Host(`a`) || Path(`/`)) && (Host(`b`) || Host(`c`))', ['b', 'c']],
  ]
  for (const [text, hosts] of rows) {
    test(`finds ${hosts?.join(' and ') ?? 'nothing certain'} in ${text}`, () => assert.deepEqual(hostsOf(text), hosts))
  }

  test('leaves out no host the rule matches', () => {
    fc.assert(
      fc.property(ruleTrees(commonCalls), commonHeads, (tree, request) => {
        const patterns = hostsOfRule(tree)
        fc.pre(patterns !== undefined && compileMatcher(tree)(request))
        const { host } = request
        const parent = host.includes('.') ? host.slice(host.indexOf('.') + 1) : undefined
        const covered = patterns?.some((pattern) =>
          pattern.kind === 'host' ? pattern.host === host : pattern.kind === 'subdomains' && pattern.parent === parent,
        )
        assert.equal(covered, true)
      }),
      { maxSkipsPerRun: 1000 },
    )
  })
})
