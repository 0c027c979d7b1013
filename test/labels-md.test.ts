// labels.md is executed: every example is decoded, every row of its tables is compared with the schema.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { decodeLabels } from '../src/labels/decode-labels.ts'
import { everyLabel, labelPaths, rowOf } from './labels/every-label.ts'
import { parseLabels, shownConfig, shownProblems } from './labels/shown.ts'

const file = new URL('../labels.md', import.meta.url)
const tables = /(?<=^<!-- begin: .* -->\n\n).*(?=\n<!-- end -->)/ms

// The one part of the page that nobody writes by hand.
if (process.env['UPDATE_LABELS_MD'] !== undefined) {
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(tables, () => everyLabel()),
  )
}

const page = readFileSync(file, 'utf8')

interface Example {
  readonly line: number
  readonly labels: string
  readonly json: string | undefined
  readonly problems: string | undefined
}

/** A ```labels block and what directly follows it: a ```json block, a ```problems block, or both in this order. */
function examples(): Example[] {
  const blocks = /^```labels\n(.*?)^```\n(?:```json\n(.*?)^```\n)?(?:```problems\n(.*?)^```\n)?/gms
  return [...page.matchAll(blocks)].map(([, labels = '', json, problems], i) => {
    const line = page.slice(0, [...page.matchAll(/^```labels$/gm)][i]?.index).split('\n').length
    return { line, labels, json, problems }
  })
}

describe('examples in labels.md', () => {
  test('each has an expectation, and none stands outside an example', () => {
    const count = (fence: string): number => page.split('\n').filter((line) => line === fence).length
    const all = examples()
    assert.ok(all.length > 5)
    assert.equal(all.length, count('```labels'))
    assert.equal(all.filter(({ json }) => json !== undefined).length, count('```json'))
    assert.equal(all.filter(({ problems }) => problems !== undefined).length, count('```problems'))
    assert.deepEqual(
      all.filter(({ json, problems }) => json === undefined && problems === undefined),
      [],
    )
  })

  for (const { line, labels, json, problems } of examples()) {
    test(`the one at line ${line} decodes as it says`, () => {
      const decoded = decodeLabels(parseLabels(labels))
      const expected = problems?.split('\n').filter((text) => text !== '') ?? []
      assert.deepEqual(shownProblems(decoded), expected)
      if (json !== undefined) assert.deepEqual(shownConfig(decoded), JSON.parse(json))
    })
  }
})

describe('tables in labels.md', () => {
  test('have every label, with its type, default, state and meaning', () => {
    assert.equal(tables.exec(page)?.[0], everyLabel(), 'write them anew with UPDATE_LABELS_MD=1')
  })

  test('say of the common labels what they say of all', () => {
    const rows = new Set(labelPaths.map((path) => rowOf(path).trimEnd()))
    const common = page.replace(tables, '').match(/^\| `.*$/gm) ?? []
    assert.ok(common.length > 30)
    assert.deepEqual(
      common.filter((row) => !rows.has(row)),
      [],
    )
  })

  test('leave no label without a meaning', () => {
    assert.deepEqual(
      labelPaths.filter(({ about, inert }) => about === undefined && inert === undefined).map(({ path }) => path),
      [],
    )
  })

  test('mark as Muster only what Traefik does not have', () => {
    const ours = labelPaths.filter(({ state }) => state === 'musterOnly').map(({ path }) => path)
    const balancer = [
      'failover',
      'maxAttempts',
      'retryNonIdempotent',
      'forceRecovery',
      'failOnStatus',
      'failOnTimeout',
      'retry',
      'hold',
      'slowStart',
      'rollout',
      'drain',
      'drainTimeout',
      'readiness.path',
      'routeHeader',
    ]
    const health = ['healthCheck.rise', 'healthCheck.fall', 'outlierDetection']
    const fields = ['interval', 'errorRate', 'minRequests', 'ejectionTime', 'maxEjected']
    const inService = [
      ...['route', 'redirect', 'lbset', 'status', 'retry'].map((field) => `server.${field}`),
      ...['cookie.form', 'session.name', 'session.separator', 'session.scolonPathDelim'].map(
        (name) => `sticky.${name}`,
      ),
      ...balancer,
      ...health,
      ...fields.map((field) => `outlierDetection.${field}`),
    ].map((name) => `http.services.<service>.loadBalancer.${name}`)
    const inRouter = ['path', 'domain'].map((name) => `http.routers.<router>.sticky.cookie.${name}`)
    assert.deepEqual(
      ours.filter((path) => !path.includes('.passReverse')),
      [...inRouter, ...inService],
    )
  })
})
