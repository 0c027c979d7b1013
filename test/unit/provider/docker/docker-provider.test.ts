import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { composed, startFakeEngine } from '../../../support/fake-engine.ts'
import type { FakeEngine } from '../../../support/fake-engine.ts'
import { Watching } from './watching.ts'

const limit = { timeout: 20_000 }

/** A web replica of project `p` with an address that ends in its number. */
function web(number: number, more = {}) {
  const networks = { p_default: `172.18.0.${number}` }
  return composed('p', 'web', number, { exposed: ['80/tcp'], networks, networkMode: 'p_default', ...more })
}

describe('while all is well', limit, () => {
  test('publishes all containers at once, once all were inspected', async () => {
    await using engine = await startFakeEngine()
    for (let number = 1; number <= 20; number++) engine.add(web(number))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.last !== undefined)
    assert.equal(watching.declarations.length, 1)
    assert.equal(watching.hosts('web-p')?.length, 20)
    assert.equal(watching.last?.cause.what, 'list')
    await watching.until(() => watching.said('info').length > 0)
    assert.deepEqual(watching.said('info'), [`watching Docker at ${engine.endpoint}`])
  })

  test('asks for nothing but the version, events, the list and single containers', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.last !== undefined)
    const asked = engine.requests.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}/, '{id}')}`)
    assert.deepEqual(asked, ['GET /version', 'GET /events', 'GET /containers/json', 'GET /containers/{id}/json'])
  })

  test('an engine without containers is a declaration too', async () => {
    await using engine = await startFakeEngine()
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.last !== undefined)
    assert.deepEqual([watching.last?.routers.size, watching.last?.problems], [0, []])
  })

  test('a container that starts after the subscription and before the list is not lost', async () => {
    await using engine = await startFakeEngine()
    engine.intercept = ({ path }) => {
      if (path === '/containers/json' && engine.requests.length === 3) engine.add(web(1))
    }
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
  })

  test('a container that starts after the list and before the first inspection ends is not lost', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    engine.intercept = ({ path }) => {
      if (path.startsWith('/containers/') && path !== '/containers/json' && engine.requests.length === 4)
        engine.add(web(2))
    }
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 2)
  })

  test('a started replica is added, and only it is inspected', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    engine.requests.length = 0
    const before = Date.now()
    const id = engine.add(web(2))
    await watching.until(() => watching.hosts('web-p')?.length === 2)
    assert.ok(engine.requests.length > 0)
    assert.deepEqual([...new Set(engine.requests.map(({ path }) => path))], [`/containers/${id}/json`])
    assert.match(watching.last?.cause.what ?? '', /^(connect|start) p-web-2( and 1 more)?$/)
    assert.ok((watching.last?.cause.at ?? 0) >= before)
  })

  test('a stop is observed as drain and die, and takes the member away before anything is inspected', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1, { stopTimeout: 3 }))
    engine.add(web(2))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 2)
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    engine.intercept = () => held
    engine.stop(id)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    release()
    assert.deepEqual(watching.hosts('web-p'), ['172.18.0.2'])
    assert.equal(watching.last?.cause.what.startsWith('die p-web-1'), true)
    assert.deepEqual(
      watching.events.map(({ kind, name, containerId, stopTimeoutMs }) => ({ kind, name, containerId, stopTimeoutMs })),
      [
        { kind: 'drain', name: 'p-web-1', containerId: id, stopTimeoutMs: 3000 },
        { kind: 'die', name: 'p-web-1', containerId: id, stopTimeoutMs: undefined },
      ],
    )
  })

  test('a pause is declared before anything is inspected, so that no older word undoes it', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    const paused = () => watching.last?.services.get('web-p')?.members[0]?.container?.paused
    await watching.until(() => paused() === false)
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    engine.intercept = () => held
    engine.pause(id)
    await watching.until(() => paused() === true)
    release()
  })

  test('a replica that is recreated keeps its route from the destruction of the old to the start of the new', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    const successor = web(1, { name: 'p-web-1-next', running: false })
    const created = engine.add(successor)
    engine.emit({ Type: 'container', Action: 'create', Actor: { ID: created, Attributes: { name: successor.name } } })
    engine.stop(id)
    engine.remove(id)
    await watching.until(
      () => watching.hosts('web-p')?.length === 0 && watching.last?.cause.what.startsWith('destroy') === true,
    )
    assert.deepEqual([...(watching.last?.routers.keys() ?? [])], ['web-p'])
  })

  test('without watching, what is there is declared once', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    await using watching = new Watching(engine.endpoint, {}, false)
    await watching.ended
    assert.equal(watching.declarations.length, 1)
    assert.equal(watching.hosts('web-p')?.length, 1)
  })

  test('only the stop signal of the container and KILL are observed as drain', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1, { stopSignal: 'SIGQUIT' }))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.last !== undefined)
    for (const signal of [1, 15, 3, 9]) engine.kill(id, signal)
    engine.pause(id)
    await watching.until(() => watching.events.at(-1)?.kind === 'pause')
    assert.deepEqual(
      watching.events.map(({ kind }) => kind),
      ['drain', 'drain', 'pause'],
    )
  })

  test('pause, unpause and health are observed, and follow in the declaration', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1, { health: 'starting' }))
    await using watching = new Watching(engine.endpoint)
    const ref = () => watching.last?.services.get('web-p')?.members[0]?.container
    await watching.until(() => ref()?.health === 'starting')
    engine.becomes(id, 'healthy')
    await watching.until(() => ref()?.health === 'healthy')
    engine.pause(id)
    await watching.until(() => ref()?.paused === true)
    engine.unpause(id)
    await watching.until(() => ref()?.paused === false)
    assert.deepEqual(
      watching.events.map(({ kind, health }) => [kind, health]),
      [
        ['health', 'healthy'],
        ['pause', undefined],
        ['unpause', undefined],
      ],
    )
  })

  test('a removed container leaves nothing, a stopped one its router', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    engine.die(id)
    await watching.until(() => watching.hosts('web-p')?.length === 0)
    assert.equal(watching.last?.routers.has('web-p'), true)
    engine.remove(id)
    await watching.until(() => watching.last?.routers.size === 0)
  })

  test('a restarted container comes back at its new address', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    engine.stop(id)
    await watching.until(() => watching.hosts('web-p')?.length === 0)
    engine.connect(id, 'p_default', '172.18.0.7')
    engine.start(id)
    await watching.until(() => watching.hosts('web-p')?.[0] === '172.18.0.7')
  })

  test('a network that is left or joined changes the address', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1, { networks: { a: '10.0.0.1', b: '10.1.0.1' } }))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.[0] === '10.0.0.1')
    engine.disconnect(id, 'a')
    await watching.until(() => watching.hosts('web-p')?.[0] === '10.1.0.1')
    engine.connect(id, 'a', '10.0.0.9')
    await watching.until(() => watching.hosts('web-p')?.[0] === '10.0.0.9')
  })

  test('a renamed container is known by its new name', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.last !== undefined)
    engine.rename(id, 'blue')
    await watching.until(() => watching.last?.services.get('web-p')?.members[0]?.container?.name === 'blue')
  })

  test('what the event stream did not tell is found by the slow list, and nothing is published when nothing changed', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    await using watching = new Watching(engine.endpoint, { relist: 20 })
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    const { promise: listed, resolve } = Promise.withResolvers<void>()
    let lists = 0
    engine.intercept = ({ path }) => {
      if (path === '/containers/json' && ++lists === 3) resolve()
    }
    await listed
    assert.equal(watching.declarations.length, 1)
    engine.forget(id)
    await watching.until(() => watching.last?.routers.size === 0)
  })

  test('a storm of events ends in the truth with fewer declarations than events', async () => {
    await using engine = await startFakeEngine()
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.last !== undefined)
    const ids = Array.from({ length: 50 }, (_, i) => engine.add(web(i + 1)))
    for (const id of ids.slice(10)) engine.remove(id)
    await watching.until(() => watching.hosts('web-p')?.length === 10)
    // Ten of each kind have survived what were 50 × connect, start and 40 × die, disconnect, destroy.
    assert.ok(watching.declarations.length < 50, `${watching.declarations.length} declarations`)
  })
})

describe('what it costs', limit, () => {
  /** Ids of the containers inspected since the last call. */
  function inspected(engine: FakeEngine): readonly string[] {
    const paths = engine.requests.splice(0).map(({ path }) => path)
    return paths.flatMap((path) => /^\/containers\/([0-9a-f]{64})\/json$/.exec(path)?.[1] ?? [])
  }

  for (const [what, health, happen, expected, inspections] of [
    ['a start', undefined, (engine: FakeEngine, id: string) => engine.start(id), 'start', 1],
    ['a health check', 'starting', (engine: FakeEngine, id: string) => engine.becomes(id, 'healthy'), 'healthy', 0],
    [
      'a failed health check',
      'healthy',
      (engine: FakeEngine, id: string) => engine.becomes(id, 'unhealthy'),
      'unhealthy',
      0,
    ],
    ['a pause', undefined, (engine: FakeEngine, id: string) => engine.pause(id), 'pause', 0],
    ['a stop', undefined, (engine: FakeEngine, id: string) => engine.stop(id), 'die', 0],
    ['a removal', undefined, (engine: FakeEngine, id: string) => engine.remove(id), 'destroy', 0],
    ['a new name', undefined, (engine: FakeEngine, id: string) => engine.rename(id, 'other'), 'rename', 1],
    ['a network', undefined, (engine: FakeEngine, id: string) => engine.connect(id, 'b', '10.0.0.1'), 'connect', 1],
  ] as const) {
    test(`${what} of one container beside others: ${inspections} inspections`, async () => {
      await using engine = await startFakeEngine()
      for (let number = 2; number <= 5; number++) engine.add(web(number))
      const id = engine.add(web(1, { ...(health !== undefined && { health }), running: expected !== 'start' }))
      await using watching = new Watching(engine.endpoint)
      await watching.until(() => watching.said('info').length > 0)
      const before = watching.declarations.length
      inspected(engine)
      happen(engine, id)
      await watching.until(() => watching.declarations.length > before)
      // Whatever else the event led to has happened by the time another container has come.
      const other = engine.add(web(6))
      await watching.until(
        () => watching.last?.services.get('web-p')?.members.some(({ host }) => host === '172.18.0.6') === true,
      )
      assert.deepEqual(
        inspected(engine).filter((one) => one !== other),
        Array.from({ length: inspections }, () => id),
      )
    })
  }

  test('a list that says nothing new leads to no inspection, otherwise to one of what differs', async () => {
    await using engine = await startFakeEngine()
    const ids = [1, 2, 3, 4, 5].map((number) => engine.add(web(number, number > 3 ? { health: 'healthy' } : {})))
    const [stopped = '', moved = '', , sick = '', paused = ''] = ids
    let lists = 0
    const { promise: listedOften, resolve } = Promise.withResolvers<void>()
    engine.intercept = ({ path }) => {
      if (path === '/containers/json' && ++lists === 4) resolve()
    }
    await using watching = new Watching(engine.endpoint, { relist: 20 })
    await watching.until(() => watching.said('info').length > 0)
    inspected(engine)
    await listedOften
    assert.deepEqual(inspected(engine), [])
    for (const [id, change, done] of [
      [stopped, () => engine.die(stopped), () => watching.hosts('web-p')?.length === 4],
      [
        moved,
        () => engine.connect(moved, 'p_default', '172.18.0.9'),
        () => watching.hosts('web-p')?.includes('172.18.0.9'),
      ],
      [sick, () => engine.becomes(sick, 'unhealthy'), () => refs().some((ref) => ref?.health === 'unhealthy')],
      [paused, () => engine.pause(paused), () => refs().some((ref) => ref?.paused === true)],
      [stopped, () => engine.start(stopped), () => watching.hosts('web-p')?.length === 5],
    ] as const) {
      engine.silently(change)
      await watching.until(() => done() === true)
      assert.deepEqual(inspected(engine), [id])
    }
    function refs() {
      return (watching.last?.services.get('web-p')?.members ?? []).map(({ container }) => container)
    }
  })

  test('an engine that is back is listed, and only what changed meanwhile is inspected', async () => {
    await using engine = await startFakeEngine()
    for (let number = 1; number <= 10; number++) engine.add(web(number))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    inspected(engine)
    await engine.shutDown()
    const id = engine.add(web(11))
    await engine.listen()
    await watching.until(() => watching.hosts('web-p')?.length === 11)
    assert.deepEqual(inspected(engine), [id])
  })

  test('hundreds that are created and start at once are inspected twice at most, and published now and then', async () => {
    await using engine = await startFakeEngine()
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    inspected(engine)
    const count = 300
    for (let number = 1; number <= count; number++) {
      const id = engine.add(
        web(number, { running: false, health: 'starting', networks: { n: `10.0.${number >> 7}.${number & 127}` } }),
      )
      engine.announce(id)
      engine.start(id)
      engine.becomes(id, 'healthy')
      if (number % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const start = performance.now()
    await watching.until(() => watching.hosts('web-p')?.length === count)
    const tookMs = performance.now() - start
    const often = Map.groupBy(inspected(engine), (id) => id)
    assert.equal(often.size, count)
    assert.ok([...often.values()].every(({ length }) => length <= 2))
    // One when the first comes, one when the last has, and in between every 100 ms.
    const most = 3 + tookMs / 50
    assert.ok(watching.declarations.length <= most, `${watching.declarations.length} declarations in ${tookMs} ms`)
  })

  test('a container the engine is silent about holds up no other', async () => {
    await using engine = await startFakeEngine()
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    engine.intercept = ({ path }) => (path.includes(stuck) ? new Promise<void>(() => undefined) : undefined)
    const stuck = engine.add(web(1))
    engine.add(web(2))
    await watching.until(() => watching.hosts('web-p')?.[0] === '172.18.0.2')
    engine.add(web(3))
    await watching.until(() => watching.hosts('web-p')?.length === 2)
  })
})

describe('when things go wrong', limit, () => {
  test('a cut connection is logged once, then everything is listed again', async () => {
    await using engine = await startFakeEngine()
    const gone = engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    await engine.shutDown()
    await watching.until(() => watching.said('debug').length >= 3)
    assert.deepEqual(watching.hosts('web-p'), ['172.18.0.1'])
    engine.forget(gone)
    engine.add(web(2))
    await engine.listen()
    await watching.until(() => watching.hosts('web-p')?.[0] === '172.18.0.2')
    await watching.until(() => watching.said('info').length === 2)
    assert.deepEqual(watching.hosts('web-p'), ['172.18.0.2'])
    assert.equal(watching.said('warn').length, 1)
    assert.match(
      watching.said('warn')[0] ?? '',
      /^lost the Docker engine at unix:.*; trying again, what it last said stands$/,
    )
    assert.equal(watching.said('info')[1], `the Docker engine at ${engine.endpoint} is back`)
  })

  test('an engine that is back with no containers at all is asked twice', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    let lists = 0
    engine.intercept = ({ path }) =>
      path === '/containers/json' && ++lists === 1 ? { status: 200, body: '[]' } : undefined
    engine.dropConnections()
    await watching.until(() => watching.said('info').length === 2)
    assert.equal(lists, 2)
    assert.ok(watching.declarations.every(({ services }) => services.get('web-p')?.members.length === 1))
  })

  for (const [name, garbage] of [
    ['is not JSON', 'what?\n'],
    ['is cut in the middle', '{"Type":"container","Action":"st\n'],
    ['never ends', 'x'.repeat(2 << 20)],
  ] as const) {
    test(`an event that ${name} leads to a new subscription and list`, async () => {
      await using engine = await startFakeEngine()
      const id = engine.add(web(1))
      await using watching = new Watching(engine.endpoint)
      await watching.until(() => watching.said('info').length === 1)
      engine.forget(id)
      engine.write(garbage)
      await watching.until(() => watching.last?.routers.size === 0)
      assert.match(watching.said('warn')[0] ?? '', /is not a Docker engine \(an event is /)
    })
  }

  test('events of a kind nobody knows are passed over', async () => {
    await using engine = await startFakeEngine()
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    engine.write('null\n[]\n"x"\n{}\n{"Type":"container","Action":"start","Actor":{"ID":"../x"}}\n\n')
    engine.emit({ Type: 'network', Action: 'connect', Actor: { Attributes: { name: 'n' } } })
    engine.add(web(1))
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    assert.equal(engine.subscribers, 1)
    assert.deepEqual(watching.said('warn'), [])
  })

  test('an event that arrives in pieces is one event', async () => {
    await using engine = await startFakeEngine()
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('info').length === 1)
    engine.write('{"Type":"container","Action":"start",')
    engine.write(`"Actor":{"ID":"${'a'.repeat(64)}","Attributes":{"name":"é`)
    engine.write('"}},"timeNano":1795229960948587630}\n')
    await watching.until(() => watching.events.length === 1)
    assert.deepEqual(watching.events, [
      { containerId: 'a'.repeat(64), name: 'é', kind: 'start', at: 1_795_229_960_948 },
    ])
  })

  test('a container that cannot be inspected keeps its last good state and is looked at again', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    engine.add(web(2))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 2)
    let failures = 0
    engine.intercept = ({ path }) =>
      path.includes(id) && ++failures <= 2 ? { status: 500, body: '{"message":"boom"}' } : undefined
    engine.rename(id, 'blue')
    await watching.until(() => watching.said('warn').length > 0)
    assert.equal(watching.hosts('web-p')?.length, 2)
    await watching.until(() => watching.last?.services.get('web-p')?.members[0]?.container?.name === 'blue')
    assert.deepEqual(watching.said('warn'), [
      'container "p-web-1" cannot be inspected; what was last known of it stands',
    ])
  })

  test('one unreadable container does not keep the others from being published', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    engine.add(web(2))
    engine.intercept = ({ path }) => (path.includes(id) ? { status: 200, body: '<html>' } : undefined)
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.[0] === '172.18.0.2')
  })

  test('an engine that lists containers and describes none is not believed', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    engine.intercept = ({ path }) => (path.length > 60 ? { status: 500, body: '{}' } : undefined)
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.said('debug').length > 0)
    assert.deepEqual(watching.declarations, [])
    engine.intercept = () => undefined
    await watching.until(() => watching.hosts('web-p')?.length === 1)
  })

  test('a container that is gone before it is inspected is no error', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
    const brief = engine.add(web(2))
    engine.intercept = ({ path }) => {
      if (path.includes(brief)) engine.forget(brief)
    }
    engine.add(web(3))
    await watching.until(() => watching.hosts('web-p')?.length === 2)
    assert.deepEqual(watching.hosts('web-p'), ['172.18.0.1', '172.18.0.3'])
    assert.deepEqual(watching.said('warn'), [])
  })

  test('a container that dies while it is inspected does not come back by the older inspection', async () => {
    await using engine = await startFakeEngine()
    const id = engine.add(web(1))
    engine.add(web(2))
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 2)
    const alive = '{"Id":"%","Name":"/x","State":{"Status":"running"}}'.replace('%', id)
    let inspections = 0
    engine.intercept = async ({ path }) => {
      if (!path.includes(id) || ++inspections > 1) return undefined
      engine.die(id)
      await watching.until(() => watching.hosts('web-p')?.length === 1)
      return { status: 200, body: alive }
    }
    engine.rename(id, 'x')
    await watching.until(() => inspections > 1)
    engine.add(web(3))
    await watching.until(() => watching.hosts('web-p')?.length === 2)
    assert.deepEqual(watching.hosts('web-p'), ['172.18.0.2', '172.18.0.3'])
    const died = watching.declarations.findIndex(
      ({ cause }) => cause.what.startsWith('die') || cause.what.startsWith('rename'),
    )
    const names = watching.declarations.slice(died).flatMap(({ services }) => services.get('web-p')?.members ?? [])
    assert.ok(names.every(({ container }) => container?.id !== id))
  })

  test('connections that break in the middle of every answer are survived', async () => {
    await using engine = await startFakeEngine()
    engine.add(web(1))
    let faults = 0
    engine.intercept = ({ path }) => {
      if (path === '/events' || ++faults > 6) return undefined
      setImmediate(() => engine.dropConnections())
      return 'cut'
    }
    await using watching = new Watching(engine.endpoint)
    await watching.until(() => watching.hosts('web-p')?.length === 1)
  })

  test('an endpoint where nothing is says so once, with the way out, and is tried for ever', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'no-engine-'))
    const endpoint = `unix://${directory}/docker.sock`
    await using watching = new Watching(endpoint)
    await watching.until(() => watching.said('debug').length >= 3)
    assert.equal(watching.said('warn').length, 1)
    assert.ok(watching.said('warn')[0]?.startsWith(`no Docker engine answers at ${endpoint} (`))
    assert.match(watching.said('warn')[0] ?? '', /is its socket mounted\? -v \/var\/run\/docker\.sock/)
    await rm(directory, { recursive: true })
  })

  test('an endpoint that is a plain file says the same', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'no-engine-'))
    await writeFile(join(directory, 'docker.sock'), '')
    await using watching = new Watching(`unix://${directory}/docker.sock`)
    await watching.until(() => watching.said('warn').length === 1)
    assert.match(watching.said('warn')[0] ?? '', /^no Docker engine answers at /)
    await rm(directory, { recursive: true })
  })

  for (const [what, status, location, pattern] of [
    ['a web server', 200, undefined, /is not a Docker engine/],
    ['a socket proxy that forbids it', 403, undefined, /refuses to answer .* socket proxy must allow/],
    ['a redirect to another host', 301, 'http://elsewhere.invalid/', /refuses to answer/],
    ['a redirect to no host at all', 301, 'gopher://', /refuses to answer/],
  ] as const) {
    test(`${what} at the endpoint is told from an engine`, async () => {
      const server = createServer((_request, response) => {
        if (location !== undefined) response.setHeader('Location', location)
        response.writeHead(status).end('<html>\n')
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      {
        await using watching = new Watching(`tcp://127.0.0.1:${port}`)
        await watching.until(() => watching.said('debug').length > 0)
        assert.match(watching.said('warn')[0] ?? '', pattern)
      }
      server.close()
      await once(server, 'close')
    })
  }

  test('ends at once when aborted, whatever it is waiting for, and leaves no connection', async () => {
    for (const path of ['/version', '/events', '/containers/json', '/nothing', 'json']) {
      await using engine = await startFakeEngine()
      engine.add(web(1))
      const { promise: reached, resolve } = Promise.withResolvers<void>()
      engine.intercept = (request) => {
        if (request.path.endsWith(path)) resolve()
        return request.path.endsWith(path) ? new Promise<void>(() => undefined) : undefined
      }
      {
        await using watching = new Watching(engine.endpoint)
        await (path === '/nothing' ? watching.until(() => watching.said('info').length > 0) : reached)
      }
      await engine.idle()
      assert.deepEqual([engine.subscribers, engine.connections], [0, 0])
    }
  })
})
