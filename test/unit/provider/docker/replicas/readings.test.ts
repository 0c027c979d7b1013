// What the engine answers, read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLogTail } from '../../../../../src/provider/docker/replicas/log-tail.ts'
import { readReplica } from '../../../../../src/provider/docker/replicas/replica.ts'
import { readVitals } from '../../../../../src/provider/docker/replicas/vitals.ts'

const id = 'c'.repeat(64)

function listed(names: readonly string[], labels: Readonly<Record<string, string>> = {}): object {
  const compose = {
    project: 'shop',
    service: 'web',
    'container-number': '3',
    'config-hash': 'h',
    oneoff: 'False',
    ...labels,
  }
  const entries = Object.entries(compose).map(([name, value]) => [`com.docker.compose.${name}`, value])
  return { Id: id, Names: names, Created: 17, State: 'running', Labels: Object.fromEntries(entries) }
}

test('a replica is read from the list', () => {
  assert.deepEqual(readReplica(listed(['/other/alias', '/shop-web-3'])), {
    id,
    name: 'shop-web-3',
    project: 'shop',
    service: 'web',
    number: 3,
    configHash: 'h',
    createdAt: 17,
    state: 'running',
  })
})

for (const [what, json] of [
  ['a one-off container of Compose 1', listed(['/shop_web_run_1'], { oneoff: 'True' })],
  ['a one-off container of Compose 2', listed(['/shop-web-run-1'], { oneoff: 'true' })],
  ['one that compose is replacing', listed(['/0123456789ab_shop-web-3'])],
  ['one without a project', listed(['/web'], { project: '' })],
  ['something without an id', { ...listed(['/shop-web-3']), Id: '../etc' }],
  ['nothing', null],
] as const) {
  test(`${what} is no replica`, () => assert.equal(readReplica(json), undefined))
}

test('how it does is read from the inspection', () => {
  const json = {
    State: {
      Status: 'restarting',
      ExitCode: 3,
      Health: { Status: 'unhealthy', Log: [{ Output: 'a' }, { Output: 'b' }] },
    },
    RestartCount: 2,
    Config: { StopTimeout: 7, ExposedPorts: { '443/tcp': {}, '53/udp': {}, '80/tcp': {} } },
    NetworkSettings: {
      Ports: { '80/tcp': null },
      Networks: { a: { IPAddress: '10.0.0.1', GlobalIPv6Address: 'fd00::1' }, b: {} },
    },
  }
  assert.deepEqual(readVitals(id, json), {
    id,
    status: 'restarting',
    exitCode: 3,
    restarts: 2,
    health: 'unhealthy',
    probeSaid: 'b',
    addresses: ['10.0.0.1', 'fd00::1'],
    ports: [80, 443],
    stopTimeoutMs: 7000,
  })
})

test('an inspection that is none is a replica that does not run', () => {
  assert.equal(readVitals(id, 'x').status, '')
  assert.equal(readVitals(id, {}).stopTimeoutMs, 10_000)
  assert.equal(readVitals(id, { Config: { StopTimeout: -1 } }).stopTimeoutMs, Infinity)
})

function frame(stream: number, text: string): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

test('log lines come out of their frames, without what would move a cursor', () => {
  const bytes = Buffer.concat([frame(1, 'one\ntw'), frame(2, 'o\u001B[31m red\u001B[0m\u0007\n'), frame(1, '\n\n')])
  assert.deepEqual(readLogTail(bytes, 5), ['one', 'two red'])
  assert.deepEqual(readLogTail(bytes, 1), ['two red'])
})

test('the log of a container with a terminal has no frames', () => {
  assert.deepEqual(readLogTail(Buffer.from('one\r\ntwo\r\n'), 5), ['one', 'two'])
  assert.deepEqual(readLogTail(Buffer.alloc(0), 5), [])
  assert.deepEqual(readLogTail(frame(1, `${'x'.repeat(1000)}\n`), 5), ['x'.repeat(300)])
})

test('a frame that promises more than there is gives what there is', () => {
  assert.deepEqual(
    readLogTail(Buffer.concat([Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]), Buffer.from('cut')]), 5),
    ['cut'],
  )
})
