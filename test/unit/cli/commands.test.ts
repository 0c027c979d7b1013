// The first word, as somebody at a shell types it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const main = new URL('../../../src/main.ts', import.meta.url).pathname

const cases: readonly (readonly [words: readonly string[], code: number, says: RegExp])[] = [
  [['lintt', 'compose.yaml'], 1, /^muster: there is no command "lintt"; did you mean "lint"\?\n$/],
  [['up'], 1, /^muster: there is no command "up"; muster --help lists them\n$/],
  [['--help'], 0, /^muster \[options\].*\n(?:.*\n)*muster lint FILE…/],
  [['healthcheck', '--help'], 0, /^muster \[options\]/],
  [['import', 'nginx', 'x'], 2, /^muster: "nginx" cannot be imported, only apache can be imported\n/],
  [['lint', '/'], 2, /cannot be read: there is no file there/],
]
for (const [words, code, says] of cases) {
  test(`muster ${words.join(' ')}: ${code}`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=DEP0060', main, ...words])
    assert.match(`${stdout.toString()}${stderr.toString()}`, says)
    assert.equal(status, code)
  })
}
