// labels.md is executed: every example is decoded, every row of its tables is compared with the schema.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { decodeLabels } from '../src/labels/decode-labels.ts'
import { labelSchema } from '../src/labels/label-schema.ts'
import { schemaPaths } from '../src/labels/schema-paths.ts'
import { parseLabels, shownConfig, shownProblems } from './labels/shown.ts'

const page = readFileSync(new URL('../labels.md', import.meta.url), 'utf8')

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

function rows(columns: number): string[][] {
  const lines = page.split('\n').filter((line) => line.startsWith('| `'))
  const cells = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
  return cells.filter((row) => row.length === columns)
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
  const schema = [...schemaPaths(labelSchema)]

  test('have a row for each label that works, with its type and default', () => {
    const expected = schema
      .filter(({ inert }) => inert === undefined)
      .map(({ path, type, byDefault = '–' }) => [`\`${path}\``, type, byDefault])
    assert.deepEqual(sorted(rows(5).map(([label, type, byDefault]) => [label, type, byDefault])), sorted(expected))
  })

  test('have a row for each label that is not supported, with what a user of it is told', () => {
    const expected = schema.filter(({ inert }) => inert !== undefined).map(({ path, inert }) => [`\`${path}\``, inert])
    assert.deepEqual(sorted(rows(2)), sorted(expected))
  })

  test('mark nothing as Muster only that is not, since Traefik has all of it', () => {
    assert.deepEqual(
      rows(5).filter(([, , , , mark]) => mark !== ''),
      [],
    )
  })
})

function sorted<T>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
