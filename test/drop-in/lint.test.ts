// `muster lint` over the same corpus: no error where everything works, and it tells where Muster would not start.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'node:test'
import { fileReader, readComposeFiles } from '../../src/cli/compose/read-compose.ts'
import { lint } from '../../src/cli/lint/lint.ts'
import { readExpectations } from './expectations.ts'

const directory = join(import.meta.dirname, 'compose')

for (const file of readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .sort()) {
  test(file, async () => {
    const path = join(directory, file)
    const expected = readExpectations(readFileSync(path, 'utf8'))
    const { env = {}, profiles = [], override = [] } = expected
    const paths = [path, ...override.map((other) => resolve(directory, other))]
    const findings = await lint(readComposeFiles(paths, { readFile: fileReader, env, profiles }), fileReader)
    if (expected.refused !== undefined) {
      assert.ok(findings.some(({ message }) => message.startsWith('Muster does not start with this: ')))
    } else if (expected.problems === undefined) {
      // A service that is left out on purpose looks like one that was forgotten.
      const errors = findings.filter(({ rule, severity }) => severity === 'error' && rule !== 'not-enabled')
      const lines = errors.map(({ position, label, message }) => `${position.line} ${label ?? ''} ${message}`)
      assert.deepEqual(lines, [])
    }
  })
}
