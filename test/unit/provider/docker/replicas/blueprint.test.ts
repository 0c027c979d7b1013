// An inspection → the order for another replica, and why there can be none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderOf, readBlueprint } from '../../../../../src/provider/docker/replicas/blueprint.ts'
import { obstacles } from '../../../../../src/provider/docker/replicas/obstacles.ts'

const id = `${'a1'.repeat(6)}${'0'.repeat(52)}`
const volume = 'b'.repeat(64)
const image = 'shop/web:1'

interface Changed {
  readonly name?: string
  readonly config?: object
  readonly host?: object
  readonly networks?: object
}

function inspection({ name = 'shop-web-2', config, host, networks }: Changed = {}): object {
  const labels = {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'web',
    'com.docker.compose.container-number': '2',
    'com.docker.compose.config-hash': 'hash',
    'com.docker.compose.replace': 'old',
    'muster.enable': 'true',
  }
  const endpoint = {
    NetworkID: 'n1',
    IPAddress: '172.18.0.3',
    MacAddress: '02:42:ac:12:00:03',
    IPAMConfig: {},
    Links: null,
    DriverOpts: null,
  }
  return {
    Id: id,
    Name: `/${name}`,
    Image: 'sha256:1',
    Config: {
      Hostname: id.slice(0, 12),
      Image: image,
      Env: ['SECRET=1'],
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/image': {} },
      Labels: labels,
      ...config,
    },
    HostConfig: { NetworkMode: 'shop_default', Binds: null, PortBindings: {}, ...host },
    NetworkSettings: {
      Networks: networks ?? {
        shop_back: { ...endpoint, NetworkID: 'n2', Aliases: ['web', id.slice(0, 12)] },
        shop_default: { ...endpoint, Aliases: [name, 'web', 'alias', id.slice(0, 12)] },
      },
    },
  }
}

function order(changed: Changed = {}) {
  return orderOf(readBlueprint(id, inspection(changed)), 5, image)
}

test('what is of one container alone is not in the order for another', () => {
  const { name, body, others } = order()
  assert.equal(name, 'shop-web-5')
  assert.deepEqual(body, {
    Image: image,
    Env: ['SECRET=1'],
    Domainname: undefined,
    ExposedPorts: { '80/tcp': {} },
    Volumes: { '/image': {} },
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '5',
      'com.docker.compose.config-hash': 'hash',
      'muster.enable': 'true',
    },
    HostConfig: { NetworkMode: 'shop_default', PortBindings: {}, Binds: [], Links: [] },
    NetworkingConfig: {
      EndpointsConfig: { shop_default: { Aliases: ['shop-web-5', 'web', 'alias'], Links: null, DriverOpts: null } },
    },
  })
  assert.deepEqual(
    others.map(({ network, endpoint }) => [network, endpoint['Aliases']]),
    [['shop_back', ['web']]],
  )
})

test('names are separated as those of the others are', () => {
  assert.equal(order({ name: 'shop_web_2' }).name, 'shop_web_5')
})

test('named volumes and directories are shared, anonymous volumes are new', () => {
  const mounts = [
    { Type: 'volume', Source: volume, Target: '/v2', VolumeOptions: {} },
    { Type: 'volume', Source: 'shop_data', Target: '/data' },
    { Type: 'bind', Source: `/${volume}`, Target: '/dir' },
    { Type: 'tmpfs', Target: '/tmp' },
  ]
  const { body } = order({ host: { Binds: [`${volume}:/v1:rw`, 'shop_data:/d:rw', '/srv:/s:ro'], Mounts: mounts } })
  const { Binds, Mounts } = body['HostConfig'] as { Binds: unknown; Mounts: unknown }
  assert.deepEqual(Binds, ['shop_data:/d:rw', '/srv:/s:ro'])
  assert.deepEqual(Mounts, [{ Type: 'volume', Target: '/v2', VolumeOptions: {} }, ...mounts.slice(1)])
  assert.deepEqual(body['Volumes'], { '/image': {}, '/v1': {} })
})

test('a host name that somebody chose is kept', () => {
  assert.equal(order({ config: { Hostname: 'chosen' } }).body['Hostname'], 'chosen')
  assert.equal(
    'Hostname' in order({ config: { Hostname: 'node7' }, host: { NetworkMode: 'host' }, networks: { host: {} } }).body,
    false,
  )
})

test('links are written as they are asked for', () => {
  const { body } = order({ host: { Links: ['/shop-db-1:/shop-web-2/db'] } })
  assert.deepEqual((body['HostConfig'] as { Links: unknown }).Links, ['shop-db-1:db'])
})

for (const [mode, networks] of [
  ['default', { bridge: { NetworkID: 'b' } }],
  ['bridge', { bridge: { NetworkID: 'b' } }],
  ['host', { host: { NetworkID: 'h' } }],
  ['none', { none: { NetworkID: 'n' } }],
  [`container:${id}`, {}],
] as const) {
  test(`the network mode ${mode.slice(0, 12)} needs no network to be named`, () => {
    const { body, others } = order({ host: { NetworkMode: mode }, networks })
    assert.equal('NetworkingConfig' in body, false)
    assert.deepEqual(others, [])
    assert.equal('ExposedPorts' in body, !mode.startsWith('container:'))
  })
}

const published = (HostPort: string) => ({ host: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort }] } } })
for (const [what, changed, says] of [
  ['a plain replica', {}, undefined],
  ['any free port of the host', published(''), undefined],
  ['port 0', published('0'), undefined],
  ['a wide range', published('8000-8010'), undefined],
  [
    'a fixed port',
    published('8080'),
    /^its port 80 is published on port 8080 of the host, which one container can have; write ports: \["80"\]/,
  ],
  ['a narrow range', published('8000-8001'), /on port 8000-8001 of the host, which is room for 2; /],
  ['a name of its own', { name: 'webserver' }, /^its container is called "webserver", .*container_name/],
  ['a name that only begins alike', { name: 'shop-web-2b' }, /container_name/],
  [
    'a fixed address',
    { networks: { net: { IPAMConfig: { IPv4Address: '10.0.0.9' } } } },
    /^its address 10\.0\.0\.9 on the network "net" is fixed, .*ipv4_address/,
  ],
  ['a fixed IPv6 address', { networks: { net: { IPAMConfig: { IPv6Address: 'fd00::9' } } } }, /ipv6_address/],
  ['a fixed MAC address', { config: { MacAddress: '02:00:00:00:00:01' } }, /mac_address/],
  ['the network of the host', { host: { NetworkMode: 'host' } }, /^it shares the network of the host \(network_mode\)/],
  ['the network of another container', { host: { NetworkMode: `container:${id}` } }, /of another container/],
  ['no port on the network of the host', { host: { NetworkMode: 'host' }, config: { ExposedPorts: {} } }, undefined],
  [
    'a port by a label there',
    {
      host: { NetworkMode: 'host' },
      config: {
        ExposedPorts: {},
        Labels: {
          'com.docker.compose.project': 'shop',
          'com.docker.compose.service': 'web',
          'traefik.http.services.w.loadBalancer.server.port': '80',
        },
      },
    },
    /network of the host/,
  ],
] as const satisfies readonly (readonly [string, Changed, RegExp | undefined])[]) {
  test(`${what}: there can ${says === undefined ? '' : 'not '}be three of it`, () => {
    const found = obstacles(readBlueprint(id, inspection(changed)), 3)
    assert.equal(found.length, says === undefined ? 0 : 1, JSON.stringify(found))
    if (says !== undefined) assert.match(found[0] ?? '', says)
  })
}
