// Whatever came, went and changed before, and in whatever order: what is declared is what the containers say now.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import type { Container } from '../../../../src/provider/docker/container.ts'
import { createDeclarer } from '../../../../src/provider/docker/declare.ts'
import type { Declare } from '../../../../src/provider/docker/declare.ts'
import { container, onTheHost, plainOptions, replica } from './containers.ts'

type State = Pick<Container, 'running' | 'health' | 'labels' | 'createdAt' | 'networks' | 'compose'>
/** What becomes of one of the containers; undefined: it is gone. */
type Step = readonly [place: number, state: State | undefined]

/** Two projects with two replicas each of two services, two containers of none, and one in the network of a replica. */
const places = [
  ...['shop', 'blog'].flatMap((project) =>
    ['web', 'api'].flatMap((service) => [1, 2].map((number) => replica(project, service, number))),
  ),
  container('alone'),
  container('other'),
  container('guest', { networkMode: 'container:shop-web-1', networks: new Map() }),
]

/** The first of the names is what is declared; the second, what it refers to. */
function labelsOf([name = 'a', reference = 'a']: readonly string[], says: string): Record<string, string> {
  return {
    [`traefik.http.routers.${name}.rule`]: `Host(\`${says}\`)`,
    [`traefik.http.routers.${name}.priority`]: says === 'one' ? 'high' : '1',
    [`traefik.http.routers.${name}.middlewares`]: `${reference}@docker`,
    [`traefik.http.middlewares.${name}.stripprefix.prefixes`]: `/${says}`,
    [`traefik.http.middlewares.${name}-all.chain.middlewares`]: reference,
    [`traefik.http.services.${name}.loadbalancer.server.port`]: '80',
    ...(says === 'two' && { [`traefik.tcp.routers.${name}.rule`]: 'HostSNI(`*`)' }),
    // Replicas that say so share it, and if all do, nobody is regular.
    [`muster.http.services.${name}.loadbalancer.server.${says === 'two' ? 'route' : 'status'}`]: 'h',
  }
}

function stepsWith(names: (place: Container) => fc.Arbitrary<readonly string[]>): fc.Arbitrary<readonly Step[]> {
  const step = fc.constantFrom(...places.entries()).chain(([i, place]) => {
    const state: fc.Arbitrary<State> = fc.record({
      running: fc.boolean(),
      health: fc.constantFrom('none', 'starting', 'healthy', 'unhealthy'),
      labels: fc.tuple(names(place), fc.constantFrom('one', 'two')).map(([given, says]) => ({
        ...labelsOf(given, says),
        // Nobody else claims it, but what it refers to may be claimed in vain.
        [`traefik.http.routers.${place.name}.middlewares`]: `${given[0]}@docker`,
      })),
      createdAt: fc.constantFrom(1000, 2000),
      networks: fc.constantFrom(place.networks, new Map([['bridge', { ipv4: '172.17.0.9', ipv6: '' }]])),
      compose: fc.constantFrom('v1', 'v2').map((configHash) => place.compose && { ...place.compose, configHash }),
    })
    return fc.tuple(fc.constant(i), fc.option(state, { nil: undefined }))
  })
  return fc.array(step, { minLength: 1, maxLength: 25 })
}

/** The containers as they are after each step. */
function* follow(steps: readonly Step[]): Generator<readonly Container[]> {
  const present = new Map<number, Container>()
  for (const [i, state] of steps) {
    const place = places[i]
    if (state === undefined || place === undefined) present.delete(i)
    else present.set(i, { ...place, ...state })
    yield [...present.values()]
  }
}

function declarer(): (containers: readonly Container[]) => ReturnType<Declare> {
  const declare = createDeclarer(plainOptions)
  return (containers) => declare(containers, onTheHost)
}

function assertKept(before: ReturnType<Declare>, now: ReturnType<Declare>): void {
  for (const key of ['routers', 'services', 'middlewares', 'tcp', 'origins', 'problems'] as const) {
    if (isDeepStrictEqual(before[key], now[key])) assert.equal(now[key], before[key], key)
  }
  for (const key of ['routers', 'services', 'middlewares'] as const) {
    for (const [name, known] of before[key]) {
      const is: unknown = now[key].get(name)
      if (isDeepStrictEqual(known, is)) assert.equal(is, known, `${key} ${name}`)
    }
  }
}

test('while no two owners claim one name, it is what a first look gives, and what is equal is the same object', () => {
  const steps = stepsWith(({ compose, name }) => {
    const owner = compose?.project ?? name
    return fc.constantFrom([owner, owner], [`${owner}-2`, owner])
  })
  fc.assert(
    fc.property(steps, (taken) => {
      const declare = declarer()
      let before = declare([])
      for (const containers of follow(taken)) {
        const now = declare(containers)
        assert.deepEqual(now, declarer()(containers.toReversed()))
        assertKept(before, now)
        before = now
      }
    }),
  )
})

test('with names that several owners claim, it is what comes of reading every container anew each time', () => {
  const steps = stepsWith(() => fc.shuffledSubarray(['a', 'b'], { minLength: 1 }))
  fc.assert(
    fc.property(steps, (taken) => {
      const [declare, again] = [declarer(), declarer()]
      for (const containers of follow(taken)) {
        const others = structuredClone(containers.toReversed())
        assert.deepEqual(declare(containers), again(others))
      }
    }),
  )
})

test('when containers change and Muster moves at once, nothing of what was before is left', () => {
  const steps = stepsWith(({ compose, name }) => fc.constant([compose?.project ?? name]))
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.constantFrom('bridge', 'shop_default')), (taken, networks) => {
      const declare = createDeclarer(plainOptions)
      for (const containers of follow(taken)) {
        const place = { ...onTheHost, ownNetworks: [...networks.take(1)] }
        assert.deepEqual(declare(containers, place), createDeclarer(plainOptions)(containers, place))
      }
    }),
  )
})
