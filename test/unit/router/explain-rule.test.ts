import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { explainRule } from '../../../src/router/explain-rule.ts'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { commonCalls, commonHeads, head, rule, ruleTrees } from './support.ts'

test('a trace says of every part of a rule whether it matches', () => {
  const text = 'Host(`a.local`) && !(Path(`/x`) || Method(`POST`))'
  assert.deepEqual(explainRule(rule(text), head({ path: '/x' })), {
    kind: 'and',
    text,
    matches: false,
    operands: [
      { kind: 'call', text: 'Host(`a.local`)', matches: true, operands: [] },
      {
        kind: 'not',
        text: '!(Path(`/x`) || Method(`POST`))',
        matches: false,
        operands: [
          {
            kind: 'or',
            text: 'Path(`/x`) || Method(`POST`)',
            matches: true,
            operands: [
              { kind: 'call', text: 'Path(`/x`)', matches: true, operands: [] },
              { kind: 'call', text: 'Method(`POST`)', matches: false, operands: [] },
            ],
          },
        ],
      },
    ],
  })
})

test('a trace agrees with the matcher that carries requests', () => {
  fc.assert(
    fc.property(ruleTrees(commonCalls), commonHeads, (tree, request) => {
      assert.equal(explainRule(tree, request).matches, compileMatcher(tree)(request))
    }),
  )
})
