import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Cluster } from '../../../src/cluster/cluster.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { Declaration } from '../../../src/model/declaration.ts'
import type { DynamicConfig } from '../../../src/model/merge.ts'
import { Reconciler } from '../../../src/reconciler/reconciler.ts'
import type { Update } from '../../../src/reconciler/reconciler.ts'
import { emptySnapshot } from '../../../src/snapshot/empty-snapshot.ts'
import { SnapshotStore } from '../../../src/snapshot/snapshot-store.ts'
import type { Snapshot } from '../../../src/snapshot/snapshot.ts'

test('the first snapshot waits until every provider has spoken', (t) => {
  const { reconciler, updates } = start(t, { providers: ['docker', 'file'] })
  reconciler.accept(declaration('docker', 'Host(`a`)'))
  assert.equal(updates.length, 0)
  reconciler.accept(declaration('file', 'Host(`b`)'))
  assert.deepEqual(rules(updates[0]), ['Host(`a`)', 'Host(`b`)'])
})

test('a provider that does not speak holds the others up no longer than the ceiling', (t) => {
  const { reconciler, updates } = start(t, { providers: ['docker', 'file'] })
  reconciler.accept(declaration('file', 'Host(`b`)'))
  t.mock.timers.tick(999)
  assert.equal(updates.length, 0)
  t.mock.timers.tick(1)
  assert.deepEqual(rules(updates[0]), ['Host(`b`)'])
})

test('a burst of declarations is one update, of the last', (t) => {
  const { reconciler, updates } = started(t)
  for (let i = 0; i < 5; i++) {
    reconciler.accept(declaration('docker', `Host(\`${i}\`)`))
    t.mock.timers.tick(9)
  }
  assert.equal(updates.length, 1)
  t.mock.timers.tick(1)
  assert.equal(updates.length, 2)
  assert.deepEqual(rules(updates[1]), ['Host(`4`)'])
})

test('news without end does not put an update off beyond the ceiling', (t) => {
  const { reconciler, updates } = started(t)
  for (let ms = 0; ms < 100; ms += 5) {
    reconciler.accept(declaration('docker', `Host(\`${ms}\`)`))
    t.mock.timers.tick(5)
  }
  assert.equal(updates.length, 2)
})

test('a declaration that says the same again changes nothing', (t) => {
  const { reconciler, updates, store } = started(t)
  const before = store.current
  reconciler.accept(declaration('docker', 'Host(`a`)'))
  t.mock.timers.tick(1000)
  assert.equal(updates.length, 1)
  assert.equal(store.current, before)
})

test('an update says what was added, removed and changed', (t) => {
  const { reconciler, updates } = started(t)
  reconciler.accept(declaration('docker', 'Host(`other`)'))
  t.mock.timers.tick(1000)
  assert.deepEqual(updates[0]?.diff, { added: ['router r@docker'], removed: [], changed: [] })
  assert.deepEqual(updates[1]?.diff, { added: [], removed: [], changed: ['router r@docker'] })
  assert.deepEqual(
    updates[1]?.causes.map(({ what }) => what),
    ['test'],
  )
})

test('a compile that throws keeps the old snapshot and is reported', (t) => {
  const { reconciler, updates, failures, store } = started(t)
  const before = store.current
  reconciler.accept(declaration('docker', 'throw'))
  t.mock.timers.tick(1000)
  assert.equal(store.current, before)
  assert.deepEqual(failures, ['cannot compile version 2'])
  reconciler.accept(declaration('docker', 'Host(`good`)'))
  t.mock.timers.tick(1000)
  assert.deepEqual(rules(updates.at(-1)), ['Host(`good`)'])
})

test('what is laid over the declarations is applied at once, with what was waiting, and awaited', async (t) => {
  const laid = { rule: 'Host(`a`)' }
  const { reconciler, updates, publishing } = started(t, (config) => withRule(config, laid.rule))
  reconciler.accept(declaration('docker', 'Host(`waits`)'))
  laid.rule = 'Host(`edited`)'
  let done = false
  const applied = reconciler.applyNow({ what: 'edit: drain x', at: Date.now() }).then(() => (done = true))
  assert.deepEqual(rules(updates[1]), ['Host(`edited`)'])
  assert.deepEqual(
    updates[1]?.causes.map(({ what }) => what),
    ['test', 'edit: drain x'],
  )
  await Promise.resolve()
  assert.equal(done, false)
  for (const { resolve } of publishing) resolve()
  await applied
  t.mock.timers.tick(1000)
  assert.equal(updates.length, 2)
  assert.deepEqual(declaredRules(reconciler), ['Host(`waits`)'])
})

test('an edit that cannot be put in force is told to whoever made it', async (t) => {
  const laid = { rule: 'Host(`a`)' }
  const { reconciler, failures, updates, publishing } = started(t, (config) => withRule(config, laid.rule))
  for (const { resolve } of publishing) resolve()
  laid.rule = 'throw'
  await assert.rejects(reconciler.applyNow({ what: 'edit', at: 0 }), /cannot compile version 2/)
  assert.deepEqual(failures, ['cannot compile version 2'])
  laid.rule = 'Host(`a`)'
  await reconciler.applyNow({ what: 'undo', at: 0 })
  laid.rule = 'Host(`b`)'
  const applied = reconciler.applyNow({ what: 'edit', at: 0 })
  for (const { resolve } of publishing) resolve()
  await applied
  assert.deepEqual(rules(updates.at(-1)), ['Host(`b`)'])
})

test('before the start an edit waits for the first snapshot, and nobody for it', async (t) => {
  const { reconciler, updates } = start(t, { providers: ['docker'] })
  await reconciler.applyNow({ what: 'edit', at: 0 })
  assert.equal(updates.length, 0)
})

interface StartOptions {
  readonly providers: string[]
  readonly overlay?: (config: DynamicConfig) => DynamicConfig
}

function withRule(config: DynamicConfig, rule: string): DynamicConfig {
  return { ...config, routers: new Map([...config.routers].map(([name, router]) => [name, { ...router, rule }])) }
}

function declaredRules({ declared }: Reconciler): string[] {
  return [...declared.routers.values()].map(({ rule }) => rule)
}

function start(t: TestContext, { providers, overlay = (config) => config }: StartOptions) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const publishing: PromiseWithResolvers<void>[] = []
  const updates: Update[] = []
  const failures: string[] = []
  const store = new SnapshotStore(snapshotOf(undefined, 0))
  const cluster = new Cluster(new Ledger(), () => undefined)
  const reconciler = new Reconciler({
    providers,
    startCeilingMs: 1000,
    quietMs: 10,
    ceilingMs: 100,
    cluster,
    store,
    link: snapshotOf,
    overlay,
    onUpdate(update) {
      updates.push(update)
      const published = Promise.withResolvers<void>()
      publishing.push(published)
      return published.promise
    },
    onFailure: (error) => failures.push((error as Error).message),
  })
  t.after(() => reconciler[Symbol.dispose]())
  return { reconciler, updates, failures, store, publishing }
}

function started(t: TestContext, overlay?: StartOptions['overlay']) {
  const parts = start(t, { providers: ['docker'], ...(overlay === undefined ? {} : { overlay }) })
  parts.reconciler.accept(declaration('docker', 'Host(`a`)'))
  return parts
}

/** Compiles nothing: what is looked at here is when and with what it is called. */
function snapshotOf(config: DynamicConfig | undefined, version: number): Snapshot {
  const routers = [...(config?.routers ?? [])]
  if (routers.some(([, router]) => router.rule === 'throw')) throw new Error(`cannot compile version ${version}`)
  const infos = routers.map(
    ([name, config]) =>
      [name, { config, status: 'enabled', errors: [], using: [], priority: 0n, origin: undefined }] as const,
  )
  return {
    ...emptySnapshot,
    version,
    routers: new Map(infos),
  }
}

function rules(update: Update | undefined): string[] {
  return [...(update?.snapshot.routers.values() ?? [])].map(({ config }) => config.rule)
}

function declaration(provider: string, rule: string): Declaration {
  return {
    provider,
    routers: new Map([['r', { rule, service: 's', entryPoints: undefined, priority: undefined, middlewares: [] }]]),
    services: new Map(),
    middlewares: new Map(),
    problems: [],
    cause: { what: 'test', at: Date.now() },
  }
}
