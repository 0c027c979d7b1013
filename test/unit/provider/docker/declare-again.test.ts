// One declaration after the other: what stays as it is keeps its identity, and who held a name keeps it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeclarer } from '../../../../src/provider/docker/declare.ts'
import type { Container } from '../../../../src/provider/docker/container.ts'
import { container, generation, onTheHost, plainOptions, replica } from './containers.ts'

const labels = (name: string) => ({
  [`traefik.http.routers.${name}.rule`]: `Host(\`${name}\`)`,
  [`traefik.http.routers.${name}.middlewares`]: name,
  [`traefik.http.middlewares.${name}.stripprefix.prefixes`]: '/a',
  [`traefik.http.services.${name}.loadbalancer.server.port`]: '80',
  [`traefik.tcp.routers.${name}.rule`]: 'HostSNI(`*`)',
})
const app = (name: string, number: number, more: Partial<Container> = {}) =>
  replica(name, 'web', number, { labels: labels(name), ...more })

function declarer() {
  const declare = createDeclarer(plainOptions)
  return (containers: readonly Container[]) => declare(containers, onTheHost)
}

test('when nothing changed, everything is the same object', () => {
  const declare = declarer()
  const vain = (project: string, createdAt: number) =>
    replica(project, 'x', 1, { labels: labels('contested'), createdAt })
  const containers = [app('a', 1), app('a', 2), app('b', 1), vain('older', 1000), vain('younger', 2000)]
  const first = declare(containers)
  const second = declare([...containers])
  assert.ok(first.problems.some(({ reason }) => reason.startsWith('the name is taken')))
  for (const key of ['routers', 'services', 'middlewares', 'tcp', 'origins', 'problems'] as const) {
    assert.equal(second[key], first[key], key)
  }
})

test('what is wrong is told as the same object, though its container changed otherwise', () => {
  const declare = declarer()
  const web = container('web', { labels: { 'traefik.http.routers.web.priority': 'high' } })
  const [problem] = declare([web]).problems
  const [again] = declare([{ ...web, health: 'healthy' }]).problems
  assert.notEqual(problem, undefined)
  assert.equal(again, problem)
})

test('a container more, less or seen anew with the same labels leaves the others’ objects alone', () => {
  const declare = declarer()
  const containers = [app('a', 1), app('a', 2), app('b', 1)]
  const first = declare(containers)
  for (const next of [
    [...containers, app('c', 1)],
    containers,
    containers.with(1, app('a', 2, { health: 'starting' })),
    // The one that was followed is gone; the other says the same.
    containers.slice(1),
    [app('a', 1), app('a', 2), app('b', 1)],
  ]) {
    const now = declare(next)
    for (const name of ['a', 'b']) {
      assert.equal(now.routers.get(name), first.routers.get(name), `router ${name}`)
      assert.equal(now.middlewares.get(name), first.middlewares.get(name), `middleware ${name}`)
      assert.equal(now.tcp?.routers.get(name), first.tcp?.routers.get(name), `tcp router ${name}`)
    }
    assert.equal(now.services.get('b'), first.services.get('b'))
    assert.equal(now.origins?.get('b'), first.origins?.get('b'))
  }
})

test('what changed does change, and is what a first look would give', () => {
  const declare = declarer()
  const one = app('a', 1)
  const first = declare([one, app('b', 1)])
  const changed = {
    ...one,
    health: 'unhealthy',
    labels: { ...labels('a'), 'traefik.http.routers.a.rule': 'Path(`/`)' },
  } as const
  const second = declare([changed, app('b', 1)])
  assert.notEqual(second.services, first.services)
  assert.equal(second.routers.get('a')?.rule, 'Path(`/`)')
  assert.equal(second.services.get('a')?.members[0]?.container?.health, 'unhealthy')
  assert.deepEqual(second, declarer()([changed, app('b', 1)]))
  assert.deepEqual([...declare([]).routers], [])
})

test('a container in another’s network changes with that one, though it is the same itself', () => {
  const declare = declarer()
  const vpn = container('vpn', { labels: { 'traefik.enable': 'false' } })
  const guest = container('web', { networkMode: `container:${vpn.id}`, networks: new Map() })
  const hosts = (containers: readonly Container[]) =>
    declare(containers)
      .services.get('web')
      ?.members.map(({ host }) => host)
  assert.deepEqual(hosts([vpn, guest]), ['172.17.0.2'])
  const moved = { ...vpn, networks: new Map([['bridge', { ipv4: '172.17.0.9', ipv6: '' }]]) }
  assert.deepEqual(hosts([moved, guest]), ['172.17.0.9'])
  assert.deepEqual(hosts([guest]), [])
})

test('when Muster itself moves, addresses are chosen anew', () => {
  const declare = createDeclarer(plainOptions)
  const networks = new Map([
    ['a', { ipv4: '10.0.0.1', ipv6: '' }],
    ['b', { ipv4: '10.1.0.1', ipv6: '' }],
  ])
  const web = container('web', { networks })
  const host = (ownNetworks: readonly string[]) =>
    declare([web], { ...onTheHost, ownNetworks }).services.get('web')?.members[0]?.host
  assert.deepEqual([host(['a']), host(['b']), host(['a'])], ['10.0.0.1', '10.1.0.1', '10.0.0.1'])
})

test('a name stays with its project while its replicas are recreated one by one', () => {
  const declare = declarer()
  const rule = (host: string) => ({ 'traefik.http.routers.web.rule': `Host(\`${host}\`)` })
  const old = [1, 2].map((number) => replica('shop', 'web', number, { labels: rule('shop'), createdAt: 1000 }))
  const waiting = replica('thief', 'web', 1, { labels: rule('thief'), createdAt: 2000 })
  const fresh = [1, 2].map((number) =>
    generation('v2', replica('shop', 'web', number, { labels: rule('shop'), createdAt: 3000 }), {
      id: `${number}`.repeat(64),
    }),
  )
  const holder = (containers: readonly (Container | undefined)[]) =>
    declare(containers.filter((one) => one !== undefined)).routers.get('web')?.rule
  assert.equal(holder([...old, waiting]), 'Host(`shop`)')
  assert.equal(holder([fresh[0], old[1], waiting]), 'Host(`shop`)')
  assert.equal(holder([...fresh, waiting]), 'Host(`shop`)')
  // While nobody of it runs, the other one does.
  assert.equal(holder([...fresh.map((one) => ({ ...one, running: false })), waiting]), 'Host(`thief`)')
  assert.equal(holder([...fresh, waiting]), 'Host(`thief`)')
})

test('a router is withdrawn when its project claims the service in vain later, and is back when it no longer does', () => {
  const declare = declarer()
  const services = (...names: readonly string[]) => ({
    labels: Object.fromEntries(names.map((name) => [`traefik.http.services.${name}.loadbalancer.server.port`, '80'])),
  })
  const older = replica('older', 'web', 1, services('web', 'x'))
  const router = { 'traefik.http.routers.mine.rule': 'Path(`/`)', 'traefik.http.routers.mine.service': 'web' }
  const younger = replica('younger', 'front', 1, { labels: router, createdAt: 2000 })
  const vain = replica('younger', 'web', 1, { ...services('web', 'y'), createdAt: 2000 })
  const leadsTo = (containers: readonly Container[]) => declare(containers).routers.get('mine')?.service
  assert.equal(leadsTo([older, younger]), 'web')
  assert.equal(leadsTo([older, younger, vain]), 'web@another-project')
  assert.equal(leadsTo([older, younger]), 'web')
})

test('withdrawn routers are told of in the same order, whichever came first', () => {
  const declare = declarer()
  const guard = { 'traefik.http.middlewares.guard.stripprefix.prefixes': '/a' }
  const older = replica('older', 'web', 1, { labels: guard })
  const [one, two] = ['one', 'two'].map((name) => {
    const router = `traefik.http.routers.${name}`
    const labels = { ...guard, [`${router}.rule`]: 'Path(`/`)', [`${router}.middlewares`]: 'guard' }
    return replica('younger', name, 1, { labels, createdAt: 2000 })
  })
  assert.ok(one !== undefined && two !== undefined)
  declare([older, two])
  const { problems } = declare([older, one, two])
  const withdrawn = problems.filter(({ reason }) => reason.startsWith('is not served'))
  assert.deepEqual(
    withdrawn.map(({ object }) => object?.name),
    ['one', 'two'],
  )
})

test('a rolling change of labels has a router, and members, at every step', () => {
  const declare = declarer()
  const rule = (host: string) => ({ 'traefik.http.routers.web.rule': `Host(\`a\`) || Host(\`${host}\`)` })
  const old = [1, 2, 3].map((number) => replica('p', 'web', number, { labels: rule('old') }))
  const fresh = [1, 2, 3].map((number) =>
    generation('v2', replica('p', 'web', number, { labels: rule('new'), createdAt: 2000 }), {
      id: `${number}`.repeat(64),
    }),
  )
  const steps = [1, 2, 3].flatMap((count) => {
    const rest = old.slice(count)
    const before = fresh.slice(0, count - 1)
    const next = fresh.slice(count - 1, count)
    const states = [{ running: false }, { health: 'starting' }, { health: 'healthy' }] as const
    return states.map((state) => [...before, ...next.map((one) => ({ ...one, ...state })), ...rest])
  })
  const rules = steps.map((containers) => {
    const { routers, services } = declare(containers)
    assert.equal(services.get('web-p')?.members.length, containers.filter(({ running }) => running).length)
    return routers.get('web')?.rule
  })
  const [first, second] = [rule('old'), rule('new')].map((one) => one['traefik.http.routers.web.rule'])
  assert.deepEqual(rules, [first, first, ...Array.from({ length: 7 }, () => second)])
})
