// Where members are reached: network modes, published ports, and URLs of labels.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { container, declare, replica } from './containers.ts'
import type { Container } from '../../../../src/provider/docker/container.ts'

const enabled = { 'traefik.enable': 'true' }
const port = (value: string) => ({ 'traefik.http.services.web.loadbalancer.server.port': value })
const inContainer = { ownId: 'muster', ownNetworks: ['edge'] }

function target(container: Container, options: Parameters<typeof declare>[1] = {}, others: readonly Container[] = []) {
  const { services, problems } = declare([container, ...others], options)
  const member = services.get('web')?.members[0]
  return {
    at: member === undefined ? undefined : `${member.scheme}://${member.host}:${member.port}`,
    problems: problems.filter(({ source }) => source === container.name),
  }
}

describe('network modes', () => {
  const onHost = container('web', { networkMode: 'host', networks: new Map(), labels: enabled })
  const edge = new Map([['edge', { ipv4: '10.0.0.7', ipv6: '' }]])

  for (const [what, options, at] of [
    ['the loopback, while Muster is there too', {}, 'http://127.0.0.1:80'],
    [
      'Docker’s name of the host',
      { ...inContainer, hostName: 'host.docker.internal' },
      'http://host.docker.internal:80',
    ],
    [
      'Podman’s name of the host',
      { ...inContainer, hostName: 'host.containers.internal' },
      'http://host.containers.internal:80',
    ],
  ] as const) {
    test(`a container on the host’s network is reached at ${what}`, () => {
      assert.deepEqual(target(onHost, options), { at, problems: [] })
    })
  }

  test('when the host has no name in Muster’s container, that is a warning with the way out', () => {
    const { at, problems } = target(onHost, inContainer)
    assert.equal(at, 'http://host.docker.internal:80')
    assert.deepEqual(
      problems.map(({ severity, hint }) => [severity, hint]),
      [['warning', 'give Muster extra_hosts: ["host.docker.internal:host-gateway"]']],
    )
  })

  test('a container in the network of one on the host’s network is reached as that one', () => {
    const vpn = container('vpn', { networkMode: 'host', networks: new Map() })
    const web = container('web', { networkMode: `container:${vpn.id}`, networks: new Map() })
    assert.equal(target(web, {}, [vpn]).at, 'http://127.0.0.1:80')
  })

  test('a container in another’s network follows that one’s address when it changes', () => {
    const vpn = container('vpn', { networks: edge, labels: { 'traefik.enable': 'false' } })
    const web = container('web', { networkMode: 'container:vpn', networks: new Map() })
    assert.equal(target(web, {}, [vpn]).at, 'http://10.0.0.7:80')
    const lost = target(web, {}, [{ ...vpn, running: false, networks: new Map() }])
    assert.equal(lost.at, undefined)
  })

  test('the network of a container that is gone has a way out', () => {
    const web = container('web', { networkMode: 'container:gone', networks: new Map(), labels: enabled })
    assert.equal(target(web).problems[0]?.hint, 'recreate it, so that it joins the one that is there now')
  })
})

describe('useBindPortIP', () => {
  const bound = new Map([
    [80, { ip: '192.0.2.1', port: 8080 }],
    [81, { ip: '192.0.2.2', port: 8081 }],
  ])
  for (const [what, labels, bindings, at] of [
    ['nothing labelled, nothing published', {}, new Map(), 'http://172.17.0.2:80'],
    ['nothing labelled, published on an address', {}, bound, 'http://192.0.2.1:8080'],
    ['a port labelled, nothing published', port('81'), new Map(), 'http://172.17.0.2:81'],
    ['a port labelled and published', port('81'), bound, 'http://192.0.2.2:8081'],
    ['a port labelled, another published', port('90'), bound, 'http://172.17.0.2:90'],
  ] as const) {
    test(`with ${what} leads to ${at}`, () => {
      const web = container('web', { labels, bindings, ports: [80, 81] })
      assert.equal(target(web, { useBindPortIP: true }).at, at)
    })
  }

  test('without it published ports do not matter', () => {
    assert.equal(target(container('web', { bindings: bound })).at, 'http://172.17.0.2:80')
  })
})

describe('server.url', () => {
  const url = (value: string) => ({ 'traefik.http.services.web.loadbalancer.server.url': value })
  const web = (value: string) =>
    replica('shop', 'app', 1, { labels: url(value), aliases: ['app', 'Front'], name: 'shop-app-1' })

  for (const [value, at] of [
    ['http://172.18.0.1:9000', 'http://172.18.0.1:9000'],
    ['https://172.18.0.1', 'https://172.18.0.1:443'],
    // By name it is the container all the same, whoever else has that name in Muster's networks.
    ['http://app:9000', 'http://172.18.0.1:9000'],
    ['http://front:9000', 'http://172.18.0.1:9000'],
    ['http://shop-app-1:9000', 'http://172.18.0.1:9000'],
  ] as const) {
    test(`${value} is the container itself`, () => {
      assert.deepEqual(target(web(value)), { at, problems: [] })
    })
  }

  for (const value of [
    'http://169.254.169.254',
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:2375',
    'http://localhost:8080',
    'http://[::1]:8080',
    'http://0.0.0.0:8080',
    'http://2130706433:80',
    'http://0x7f.1:80',
    'http://172.18.0.2:80',
    'http://db:5432',
    'http://host.docker.internal',
    'http://app.evil.test',
  ]) {
    test(`${value} is no member, and says why`, () => {
      const { at, problems } = target(web(value))
      assert.equal(at, undefined)
      const problem = problems.find(({ severity }) => severity === 'error')
      assert.equal(problem?.object?.name, 'web')
      assert.equal(problem?.reason, `${JSON.stringify(value)} is not an address of this container`)
      assert.equal(problem?.field, 'traefik.http.services.web.loadbalancer.server.url')
    })

    test(`${value} is a member where that is allowed`, () => {
      assert.notEqual(target(web(value), { allowForeignAddresses: true }).at, undefined)
    })
  }

  for (const value of ['unix:///var/run/docker.sock', 'file:///etc/passwd', 'gopher://a']) {
    test(`${value} leads nowhere but to the container, and is an error`, () => {
      const { at, problems } = target(web(value), { allowForeignAddresses: true })
      assert.ok(at === undefined || at === 'http://172.18.0.1:80')
      assert.ok(problems.some(({ severity }) => severity === 'error'))
    })
  }
})
