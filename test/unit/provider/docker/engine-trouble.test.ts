// An engine that goes, hangs, babbles or is slow: what was last known stands, and as soon as it can be had the truth does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { composed, startFakeEngine } from '../../../support/fake-engine.ts'
import { Watching } from './watching.ts'

function web(number: number, more = {}) {
  const networks = { p_default: `172.18.${number >> 8}.${number & 255}` }
  return composed('p', 'web', number, { exposed: ['80/tcp'], networks, networkMode: 'p_default', ...more })
}

test('that it is away is told, with the time and the way out, and taken back when it has listed', async () => {
  await using engine = await startFakeEngine()
  engine.add(web(1))
  await using watching = new Watching(engine.endpoint)
  await watching.until(() => watching.said('info').length > 0)
  assert.equal(watching.troubles.length, 1)
  await engine.shutDown()
  await watching.until(() => watching.troubles.length > 1)
  const trouble = watching.troubles.at(-1)
  assert.equal(trouble?.severity, 'warning')
  assert.match(trouble?.reason ?? '', /^not reachable since 20\d\d-.*Z: lost the Docker engine at /)
  assert.equal(trouble?.hint, 'what is shown of its containers may be out of date')
  await engine.listen()
  await watching.until(() => watching.troubles.length > 2)
  assert.equal(watching.troubles.at(-1), undefined)
})

test('a container that ended while it was away is observed to have died, and one that lives is not', async () => {
  await using engine = await startFakeEngine()
  const ids = [1, 2, 3].map((number) => engine.add(web(number)))
  const [died = '', gone = ''] = ids
  await using watching = new Watching(engine.endpoint)
  await watching.until(() => watching.hosts('web-p')?.length === 3)
  await engine.shutDown()
  engine.silently(() => engine.die(died))
  engine.forget(gone)
  await engine.listen()
  await watching.until(() => watching.hosts('web-p')?.length === 1)
  assert.deepEqual(
    new Set(watching.events.map(({ kind, containerId }) => `${kind} ${containerId}`)),
    new Set([`die ${died}`, `die ${gone}`]),
  )
})

test('an engine that hangs, its connections open, is found out and left, and is taken back when it answers', async () => {
  await using engine = await startFakeEngine()
  engine.add(web(1))
  await using watching = new Watching(engine.endpoint, { quiet: 20, timeoutMs: 100 })
  await watching.until(() => watching.said('info').length > 0)
  engine.intercept = () => new Promise<void>(() => undefined)
  await watching.until(() => watching.troubles.length > 1)
  assert.match(watching.troubles[1]?.reason ?? '', /no answer within 100 ms/)
  assert.deepEqual(watching.hosts('web-p'), ['172.18.0.1'])
  engine.intercept = () => undefined
  await watching.until(() => watching.troubles.at(-1) === undefined)
})

test('a quiet engine that answers is left in peace, also one that may not say its version', async () => {
  await using engine = await startFakeEngine()
  engine.add(web(1))
  let asked = 0
  const { promise: askedOften, resolve } = Promise.withResolvers<void>()
  engine.intercept = ({ path }) => {
    if (path !== '/version') return undefined
    if (++asked === 5) resolve()
    return asked > 3 ? { status: 403, body: '{}' } : undefined
  }
  await using watching = new Watching(engine.endpoint, { quiet: 10 })
  await askedOften
  assert.equal(engine.subscribers, 1)
  assert.deepEqual(watching.said('warn'), [])
})

test('a stream that does not tell what the list does is opened anew', async () => {
  await using engine = await startFakeEngine()
  engine.add(web(1))
  await using watching = new Watching(engine.endpoint, { relist: 20, quiet: 50 })
  await watching.until(() => watching.said('info').length === 1)
  engine.silently(() => engine.add(web(2)))
  await watching.until(() => watching.hosts('web-p')?.length === 2)
  await watching.until(() => watching.said('info').length === 2)
  assert.match(watching.said('warn')[0] ?? '', /its event stream does not tell what its list of containers does/)
})

test('a list that takes its time is waited for in peace', async (t) => {
  await using engine = await startFakeEngine()
  engine.add(web(1))
  const warnings = t.mock.method(process, 'emitWarning', () => undefined)
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  engine.intercept = ({ path }) => (path === '/containers/json' ? held : undefined)
  await using watching = new Watching(engine.endpoint)
  await delay(20)
  release()
  await watching.until(() => watching.hosts('web-p')?.length === 1)
  assert.equal(warnings.mock.callCount(), 0)
})

test('while a list takes its time, starts and ends are followed all the same', async () => {
  await using engine = await startFakeEngine()
  const first = engine.add(web(1))
  await using watching = new Watching(engine.endpoint, { relist: 20 })
  await watching.until(() => watching.said('info').length === 1)
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>()
  engine.intercept = ({ path }) => {
    if (path !== '/containers/json') return undefined
    onAsked()
    return held
  }
  await asked
  engine.add(web(2))
  await watching.until(() => watching.hosts('web-p')?.length === 2)
  engine.stop(first)
  await watching.until(() => watching.hosts('web-p')?.length === 1)
  release()
})

test('a socket that flaps, errors, and half of what should be said: the truth comes out when it is over', async () => {
  await using engine = await startFakeEngine()
  const ids = Array.from({ length: 5 }, (_, i) => engine.add(web(i + 1)))
  await using watching = new Watching(engine.endpoint)
  await watching.until(() => watching.hosts('web-p')?.length === 5)
  let answers = 0
  engine.intercept = () => {
    answers++
    if (answers % 7 === 0) return 'cut'
    return answers % 5 === 0 ? { status: 500, body: '{"message":"boom"}' } : undefined
  }
  for (let round = 0; round < 40; round++) {
    if (round % 3 === 0) engine.write('{"Type":"container","Action":"di')
    if (round % 10 === 9) {
      await engine.shutDown()
      await engine.listen()
    } else engine.dropConnections()
    if (round === 20) for (const id of ids.slice(3)) engine.forget(id)
    await delay(round % 8)
  }
  engine.intercept = () => undefined
  await watching.until(() => watching.hosts('web-p')?.length === 3)
  await watching.until(() => watching.troubles.at(-1) === undefined)
  // What lives was there all the time.
  for (const { services } of watching.declarations.slice(watching.declarations.findIndex(isWhole)))
    assert.ok((services.get('web-p')?.members.length ?? 0) >= 3)

  function isWhole({ services }: (typeof watching.declarations)[number]): boolean {
    return services.get('web-p')?.members.length === 5
  }
})

test('a thousand starts make far fewer declarations, and the last has them all', { timeout: 60_000 }, async () => {
  await using engine = await startFakeEngine()
  await using watching = new Watching(engine.endpoint)
  await watching.until(() => watching.last !== undefined)
  const count = 1000
  for (let number = 1; number <= count; number++) {
    engine.add(web(number))
    if (number % 50 === 0) await delay(10)
  }
  await watching.until(() => watching.hosts('web-p')?.length === count)
  assert.ok(watching.declarations.length < count / 5, `${watching.declarations.length} declarations`)
})

test('events of another time, twice, and in no order end in the truth', async () => {
  await using engine = await startFakeEngine()
  const id = engine.add(web(1))
  await using watching = new Watching(engine.endpoint, { relist: 100 })
  await watching.until(() => watching.hosts('web-p')?.length === 1)
  const Attributes = { name: 'p-web-1' }
  for (const timeNano of [1e40, -1, 'soon', null, 1e300, 0]) {
    for (const Action of ['start', 'die', 'start', 'die', 'destroy', 'unpause'])
      engine.emit({ Type: 'container', Action, Actor: { ID: id, Attributes }, timeNano })
  }
  await watching.until(() => watching.hosts('web-p') === undefined)
  await watching.until(() => watching.hosts('web-p')?.length === 1)
  assert.ok(watching.events.every(({ at }) => !Number.isNaN(new Date(at).getTime())))
})

test('an end that is told after the start that followed it is looked into', async () => {
  await using engine = await startFakeEngine()
  const id = engine.add(web(1))
  await using watching = new Watching(engine.endpoint)
  await watching.until(() => watching.hosts('web-p')?.length === 1)
  const Actor = { ID: id, Attributes: { name: 'p-web-1' } }
  engine.emit({ Type: 'container', Action: 'start', Actor, timeNano: 2e18 })
  engine.emit({ Type: 'container', Action: 'die', Actor, timeNano: 1e18 })
  await watching.until(() => watching.hosts('web-p')?.length === 0)
  await watching.until(() => watching.hosts('web-p')?.length === 1)
})
