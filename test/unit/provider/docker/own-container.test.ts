import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findHostName, readOwnIds, whereMusterIs } from '../../../../src/provider/docker/own-container.ts'
import { container, idOf } from './containers.ts'

const edge = new Map([['edge', { ipv4: '10.0.0.2', ipv6: '' }]])
const muster = container('muster', { networks: edge })
const all = [container('other'), muster]
const nothing = { hostname: 'box', cgroup: '0::/', mountinfo: '' }

for (const [trace, traces] of [
  ['its host name', { hostname: idOf('muster').slice(0, 12) }],
  ['its cgroup', { cgroup: `12:pids:/docker/${idOf('muster')}\n0::/system.slice` }],
  ['its cgroup below systemd', { cgroup: `0::/system.slice/docker-${idOf('muster')}.scope` }],
  [
    'a file the engine mounts into it',
    { mountinfo: `95 80 8:1 /var/lib/docker/containers/${idOf('muster')}/hostname /etc/hostname rw - ext4 /dev/a rw` },
  ],
] as const) {
  test(`finds its own networks by ${trace}`, () => {
    assert.deepEqual(whereMusterIs(all, readOwnIds({ ...nothing, ...traces })).ownNetworks, ['edge'])
  })
}

test('on a host, where containers’ mounts are seen too, it has none', () => {
  const mountinfo = `95 80 0:4 / /var/lib/docker/containers/${idOf('muster')}/mounts/shm rw - tmpfs shm rw`
  assert.deepEqual(whereMusterIs(all, readOwnIds({ ...nothing, mountinfo })).ownNetworks, [])
})

test('in a container in host mode it has none: every bridge is reachable', () => {
  const own = container('muster', { networkMode: 'host', networks: new Map() })
  assert.deepEqual(whereMusterIs([own], readOwnIds({ ...nothing, hostname: own.id.slice(0, 12) })).ownNetworks, [])
})

test('in another container’s network it has that one’s', () => {
  const vpn = container('vpn', { networks: edge })
  const own = container('muster', { networkMode: `container:${vpn.id}`, networks: new Map() })
  assert.deepEqual(whereMusterIs([own, vpn], readOwnIds({ ...nothing, hostname: own.id.slice(0, 12) })).ownNetworks, [
    'edge',
  ])
})

test('knows the project it belongs to', () => {
  const compose = { project: 'edge', service: 'muster', number: 1, configHash: 'x', oneOff: false }
  const own = container('muster', { compose })
  const place = whereMusterIs([own], readOwnIds({ ...nothing, hostname: own.id.slice(0, 12) }))
  assert.deepEqual([place.ownId, place.ownProject], [own.id, 'edge'])
})

for (const [known, found] of [
  [['host.docker.internal', 'host.containers.internal'], 'host.docker.internal'],
  [['host.containers.internal'], 'host.containers.internal'],
  [[], undefined],
] as const) {
  test(`of ${known.join(' and ') || 'no name'} the host is called ${found}`, async () => {
    const resolve = (name: string) =>
      known.some((one) => one === name) ? Promise.resolve(name) : Promise.reject(new Error('ENOTFOUND'))
    assert.equal(await findHostName(resolve), found)
  })
}
