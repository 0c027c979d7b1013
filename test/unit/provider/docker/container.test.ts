import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readContainer } from '../../../../src/provider/docker/container.ts'
import { beginsStop, signalNumber } from '../../../../src/provider/docker/stop-signal.ts'

const id = 'f1ac329c41642fbed81be4adbfea2451381e1554e238bf989369c789b35e13c4'

/** As Engine 20.10 describes a running container; fields that nothing is read from are left out. */
const inspected = {
  Id: id,
  Image: 'sha256:0f3c',
  Created: '2026-11-21T02:59:20.678936941Z',
  State: {
    Status: 'running',
    Running: true,
    Paused: false,
    Restarting: false,
    Health: { Status: 'healthy', FailingStreak: 0 },
  },
  Name: '/shop-web-2',
  HostConfig: { NetworkMode: 'shop_default', PortBindings: {} },
  Config: {
    ExposedPorts: { '3000/tcp': {}, '80/udp': {}, '8080/tcp': {} },
    Env: ['PASSWORD=hunter2'],
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '2',
      'com.docker.compose.config-hash': 'abc',
      'com.docker.compose.oneoff': 'False',
    },
    Hostname: 'f1ac329c4164',
    StopSignal: 'SIGRTMIN+3',
    StopTimeout: 1,
  },
  NetworkSettings: {
    Ports: {
      '3000/tcp': [
        { HostIp: '0.0.0.0', HostPort: '3000' },
        { HostIp: '192.0.2.1', HostPort: '13000' },
      ],
      '80/udp': null,
      '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }],
    },
    Networks: {
      shop_default: {
        IPAddress: '172.18.0.2',
        GlobalIPv6Address: 'fd00::2',
        Aliases: ['web', 'shop'],
        DNSNames: ['web', 'f1ac329c4164'],
      },
      shop_back: { IPAddress: '172.19.0.2', GlobalIPv6Address: '' },
      detached: { IPAddress: '', GlobalIPv6Address: '' },
    },
  },
}

test('reads what an engine says of a running container, and nothing of its environment', () => {
  assert.deepEqual(readContainer(inspected), {
    id,
    name: 'shop-web-2',
    labels: inspected.Config.Labels,
    createdAt: Date.parse('2026-11-21T02:59:20.678Z'),
    imageId: 'sha256:0f3c',
    running: true,
    paused: false,
    health: 'healthy',
    ports: [3000, 8080, 80],
    bindings: new Map([[3000, { ip: '192.0.2.1', port: 13_000 }]]),
    networks: new Map([
      ['shop_back', { ipv4: '172.19.0.2', ipv6: '' }],
      ['shop_default', { ipv4: '172.18.0.2', ipv6: 'fd00::2' }],
    ]),
    attachedTo: ['detached', 'shop_back', 'shop_default'],
    aliases: ['f1ac329c4164', 'shop', 'web'],
    networkMode: 'shop_default',
    hostname: 'f1ac329c4164',
    stopSignal: 37,
    stopTimeoutMs: 1000,
    compose: { project: 'shop', service: 'web', number: 2, configHash: 'abc', oneOff: false },
  })
})

test('a hostname is its own, and could be a route', () => {
  const hostname = (Hostname: unknown, HostConfig: object): string | undefined =>
    readContainer({ ...inspected, Config: { Hostname }, HostConfig })?.hostname
  assert.equal(hostname('web-1.internal', { NetworkMode: 'shop_default' }), 'web-1.internal')
  assert.equal(hostname('machine', { NetworkMode: 'host' }), undefined)
  assert.equal(hostname('machine', { NetworkMode: 'shop_default', UTSMode: 'host' }), undefined)
  for (const odd of ['', 'a;b', 'x'.repeat(64), 7, null]) assert.equal(hostname(odd, {}), undefined)
})

for (const [status, running, paused] of [
  ['running', true, false],
  ['paused', true, true],
  ['created', false, false],
  ['restarting', false, false],
  ['exited', false, false],
  ['dead', false, false],
] as const) {
  test(`a container in state ${status} ${running ? 'runs' : 'does not run'}`, () => {
    const container = readContainer({ ...inspected, State: { Status: status, Health: { Status: 'unhealthy' } } })
    assert.deepEqual([container?.running, container?.paused], [running, paused])
    assert.equal(container?.health, running ? 'unhealthy' : 'none')
  })
}

test('a stopped container still has the ports of its image', () => {
  assert.deepEqual(
    readContainer({ ...inspected, NetworkSettings: { Ports: {}, Networks: {} } })?.ports,
    [3000, 8080, 80],
  )
})

for (const [ports, bound] of [
  [{ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] }, [[80, { ip: '127.0.0.1', port: 8080 }]]],
  [{ '80/tcp': [{ HostIp: '::1', HostPort: '8080' }] }, [[80, { ip: '::1', port: 8080 }]]],
  [{ '80/tcp': [{ HostIp: '', HostPort: '8080' }] }, []],
  [{ '80/tcp': [{ HostIp: '::', HostPort: '8080' }] }, []],
  [{ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] }, []],
  [{ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '99999' }] }, []],
  [
    { '53/tcp': [{ HostIp: '10.0.0.1', HostPort: '1' }], '53/udp': [{ HostIp: '10.0.0.2', HostPort: '2' }] },
    [[53, { ip: '10.0.0.1', port: 1 }]],
  ],
] as const) {
  test(`the ports ${JSON.stringify(ports)} are published on ${JSON.stringify(bound)}`, () => {
    const container = readContainer({ ...inspected, NetworkSettings: { Ports: ports } })
    assert.deepEqual([...(container?.bindings ?? [])], bound)
  })
}

test('without StopSignal and StopTimeout a container has Docker’s defaults', () => {
  const container = readContainer({ ...inspected, Config: { StopTimeout: null } })
  assert.deepEqual([container?.stopSignal, container?.stopTimeoutMs], [15, 10_000])
})

test('whatever an engine answers instead of a container is survived', () => {
  assert.equal(readContainer(Buffer.from('<html>')), undefined)
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      assert.equal(readContainer(a), undefined)
      const { Config, HostConfig, NetworkSettings, State } = { Config: a, HostConfig: b, NetworkSettings: a, State: b }
      assert.equal(readContainer({ Id: id, Config, HostConfig, NetworkSettings, State })?.id, id)
    }),
  )
})

test('signals are known by number, name and offset', () => {
  const numbers = ['15', 'SIGTERM', 'quit', 'SIGRTMIN+3', 'RTMAX-1', 'SIGRTMIN', 'SIGNONSENSE', ''].map(signalNumber)
  assert.deepEqual(numbers, [15, 15, 3, 37, 63, 34, undefined, undefined])
})

test('the stop signal and KILL begin a stop, others do not', () => {
  assert.deepEqual(
    [15, 9, 3, 1, 10].map((sent) => beginsStop(sent)),
    [true, true, false, false, false],
  )
  assert.deepEqual(
    [15, 9, 3].map((sent) => beginsStop(sent, 3)),
    [false, true, true],
  )
})
