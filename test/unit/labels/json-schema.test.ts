import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { decodeLabels } from '../../../src/labels/decode-labels.ts'
import { composeLabelsJsonSchema } from '../../../src/labels/json-schema.ts'
import { labelSchema } from '../../../src/labels/label-schema.ts'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'
import { parseLabels } from '../../labels/shown.ts'

type Rule = Readonly<Record<string, unknown>>

const schema = composeLabelsJsonSchema()
const rules = Object.entries(schema['patternProperties'] as Record<string, Rule>).map(
  ([pattern, rule]) => [new RegExp(pattern, 'u'), rule] as const,
)

function rulesFor(label: string): readonly Rule[] {
  return rules.filter(([pattern]) => pattern.test(label)).map(([, rule]) => rule)
}

/** As much of JSON Schema as the schema makes use of. */
function accepts(rule: Rule, value: unknown): boolean {
  const { type, enum: words, anyOf, pattern, minimum = -Infinity, maximum = Infinity } = rule
  if (words !== undefined && !(words as unknown[]).includes(value)) return false
  if (anyOf !== undefined && !(anyOf as Rule[]).some((one) => accepts(one, value))) return false
  if (typeof pattern === 'string' && typeof value === 'string' && !new RegExp(pattern, 'u').test(value)) return false
  if (typeof value === 'number' && (value < (minimum as number) || value > (maximum as number))) return false
  return type === undefined || [type].flat().some((name) => isOf(value, name as string))
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return type === 'null' ? value === null : typeof value === type
}

function valid(label: string, value: unknown): boolean {
  const found = rulesFor(label)
  return found.length > 0 && found.every((rule) => accepts(rule, value))
}

describe('the JSON Schema of labels', () => {
  test('is one of draft 2020-12 that lets labels of others through', () => {
    assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema')
    assert.equal(schema['additionalProperties'], false)
    for (const label of ['com.example.team', 'maintainer', 'traefikee.enable']) assert.ok(valid(label, 'x'), label)
    assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema)
  })

  test('has exactly one rule for every label, in both spellings and under both roots', () => {
    for (const { path, state } of schemaPaths(labelSchema)) {
      const names = path.replaceAll(/<[^>]+>|…/g, 'web').replaceAll('[n]', '[0]')
      for (const label of [`muster.${names}`, `muster.${names.toLowerCase()}`, `traefik.${names}`]) {
        const expected = state === 'musterOnly' && label.startsWith('traefik') ? 0 : 1
        assert.equal(rulesFor(label).length, expected, label)
      }
    }
  })

  test('knows the labels that decoding knows', () => {
    const directory = new URL('../../labels/', import.meta.url)
    let seen = 0
    for (const file of readdirSync(directory).filter((name) => name.endsWith('.txt'))) {
      const [text = ''] = readFileSync(new URL(file, directory), 'utf8').split(/^-{10}\n/m)
      for (const [label, value] of Object.entries(parseLabels(text))) {
        const { problems } = decodeLabels({ [label]: value })
        const known = rulesFor(label).length > 0 || rulesFor(label.toLowerCase()).length > 0
        if (problems.length === 0) assert.ok(known, label)
        if (problems.some(({ reason }) => /unknown field|is read neither/.test(reason))) assert.ok(!known, label)
        seen++
      }
    }
    assert.ok(seen > 200)
  })

  test('checks values as compose has them', () => {
    const service = 'traefik.http.services.web.loadbalancer.'
    for (const [label, value, expected] of [
      [`${service}server.port`, 8080, true],
      [`${service}server.port`, '8080', true],
      [`${service}server.port`, '${PORT}', true],
      [`${service}server.weight`, 0.5, true],
      [`${service}server.weight`, '2.25', true],
      [`${service}server.weight`, '0.005', false],
      [`${service}server.weight`, 65_536, false],
      [`${service}strategy`, 'bytraffic', true],
      [`${service}server.port`, 70_000, false],
      [`${service}server.port`, 'http', false],
      [`${service}server.prot`, 8080, false],
      [`${service}passhostheader`, false, true],
      [`${service}passhostheader`, 'no', false],
      [`${service}sticky.cookie`, true, true],
      [`${service}sticky.cookie`, '{}', false],
      [`${service}sticky.cookie.samesite`, 'lax', true],
      [`${service}sticky.cookie.samesite`, 'laxx', false],
      ['traefik.http.routers.web.rule', 'Host(`a`)', true],
      ['traefik.http.routers.a@b.rule', 'Host(`a`)', false],
      ['traefik.http.routers.web.tls.domains[0].sans', 'a,b', true],
      ['traefik.http.middlewares.h.headers.customRequestHeaders.X-A', null, true],
      ['traefik.http.middlewares.s.stripprefix.prefixes[1]', '/a', true],
      ['traefik.http.middlewares.p.plugin.geo.countries[0]', 'CH', true],
      ['traefik.enabled', true, false],
      ['traefik.frontend.rule', 'Host:a', false],
      ['muster.http.middlewares.m.passreverse.cookiedomain.a.b', 'c', true],
      ['traefik.http.middlewares.m.passreverse', true, false],
    ] as const) {
      assert.equal(valid(label, value), expected, `${label}=${value}`)
    }
  })

  test('says what a label means, its default, and that it does not run', () => {
    const [weight] = rulesFor('traefik.http.services.web.loadBalancer.server.weight')
    assert.equal(weight?.['default'], 1)
    assert.equal(weight?.['description'], 'its share of the requests; 0: none')
    const [users] = rulesFor('traefik.http.middlewares.auth.basicauth.users')
    assert.match(String(users?.['description']), /read, not run yet$/)
    const [mirroring] = rulesFor('traefik.http.services.web.mirroring.service')
    assert.equal(mirroring?.['deprecated'], true)
  })
})
