// Golden files: labels, a line of dashes, and what they decode to as JSON. One test per file in test/labels.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { decodeLabels } from '../src/labels/decode-labels.ts'
import { parseLabels, shownConfig, shownProblems } from './labels/shown.ts'

const directory = new URL('labels/', import.meta.url)
const files = readdirSync(directory).filter((name) => name.endsWith('.txt'))

describe('labels decode as their golden file says', () => {
  test('and there are such files', () => assert.ok(files.length > 10))

  for (const file of files) {
    test(file.replace('.txt', '').replaceAll('-', ' '), () => {
      const [labels = '', expected = '', ...rest] = readFileSync(new URL(file, directory), 'utf8').split(/^-{10}\n/m)
      assert.equal(rest.length, 0, 'one line of dashes')
      const decoded = decodeLabels(parseLabels(labels))
      const problems = shownProblems(decoded)
      const shown = { ...(shownConfig(decoded) as object), ...(problems.length === 0 ? {} : { problems }) }
      assert.deepEqual(shown, JSON.parse(expected))
    })
  }
})
