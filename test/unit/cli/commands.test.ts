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
  [['dockersocket', '--help'], 0, /--dockerSocket\.mode +full, read-only, controller \(full\)/],
  [
    ['dockersocket', '--dockersocket.listen=unix:///etc/passwd'],
    1,
    /^muster: the Docker API socket cannot listen at "\/etc\/passwd"/,
  ],
  [['dockersocket', '--dockersocket.upstream=ssh://a'], 1, /^muster: option "--dockersocket\.upstream": .*write unix:/],
  [
    [
      'dockersocket',
      '--dockersocket.listen=unix:///var/run/docker.sock',
      '--dockersocket.upstream=unix:///var/run/docker.sock',
    ],
    1,
    /listen where it expects the engine/,
  ],
  [['import', 'nginx', 'x'], 2, /^muster: "nginx" cannot be imported, only apache can be imported\n/],
  [['scale'], 2, /^muster: scale needs SERVICE=N, as in web=4\nusage: muster scale /],
  [['scale', '--help'], 0, /^usage: muster scale /],
  [['scale', 'web=two'], 2, /^muster: "web=two": the number of replicas is a whole one, from 0 on\nusage: /],
  [
    ['scale', 'web=2', '--timeout', 'soon'],
    2,
    /^muster: --timeout is "soon", and must be a time as in 60s, at most 24h\n/,
  ],
  [
    ['scale', 'web=2', '--host', 'unix:///nowhere.sock'],
    1,
    /^muster: no Docker engine answers at unix:\/\/\/nowhere\.sock /,
  ],
  [
    ['scale', 'web=2', '--host', 'carrier:pigeon'],
    1,
    /^muster: "carrier:pigeon" is not the address of a Docker engine/,
  ],
  [['lint', '/'], 2, /cannot be read: there is no file there/],
]
for (const [words, code, says] of cases) {
  test(`muster ${words.join(' ')}: ${code}`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=DEP0060', main, ...words])
    assert.match(`${stdout.toString()}${stderr.toString()}`, says)
    assert.equal(status, code)
  })
}
