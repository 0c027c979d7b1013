// Linked step by step or at once: the same configuration gives the same snapshot, whatever was there before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Declaration, Origin } from '../../../src/model/declaration.ts'
import type { MiddlewareConfig, RouterConfig } from '../../../src/model/dynamic-config.ts'
import type { ServiceConfig } from '../../../src/model/service-config.ts'
import { createMerger, merge } from '../../../src/model/merge.ts'
import type { Problem } from '../../../src/model/problem.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { createLinker } from '../../../src/snapshot/link.ts'
import type { EntryPointOptions } from '../../../src/snapshot/router-references.ts'
import type { Snapshot } from '../../../src/snapshot/snapshot.ts'

const name = fc.constantFrom('a', 'b', 'c', 'd')
const reference = fc.oneof(name, fc.constantFrom('a@file', 'api@internal', 'missing'))
const rule = fc.constantFrom(
  'Host(`x.local`)',
  'Host(`x.local`) && Path(`/p`)',
  'Host(`*.local`)',
  'Path(`/`)',
  'Host(',
)

const router: fc.Arbitrary<RouterConfig> = fc.record({
  rule,
  service: reference,
  middlewares: fc.array(reference, { maxLength: 2 }),
  entryPoints: fc.constantFrom(undefined, ['web'], ['web', 'nope'], ['guarded']),
  priority: fc.constantFrom(undefined, 5n, 500n),
  stickyCookie: fc.constantFrom(undefined, { path: '/app', domain: undefined }),
  tls: fc.constantFrom(undefined, undefined, { options: undefined, certResolver: undefined, domains: [] }),
})
const middleware: fc.Arbitrary<MiddlewareConfig> = fc.oneof(
  fc.constant({ kind: 'addPrefix', prefix: '/x' } as const),
  fc.constant({ kind: 'pending', type: 'basicAuth', options: {} } as const),
  fc.record({ kind: fc.constant('chain' as const), middlewares: fc.array(name, { maxLength: 3 }) }),
)
const service: fc.Arbitrary<ServiceConfig> = fc.record({
  members: fc.constant([]),
  passHostHeader: fc.boolean(),
  stickyCookie: fc.constant(undefined),
  pending: fc.constantFrom(undefined, { middlewares: ['a'] }),
})
const origin: fc.Arbitrary<Origin> = fc.record({
  source: name,
  field: fc.constant('traefik.http.routers.r'),
  owner: fc.constantFrom('project "p"', 'project "q"', undefined),
  allowedHosts: fc.constantFrom(undefined, undefined, ['x.local']),
  mayUseInternal: fc.constantFrom(undefined, false),
})
const problem: fc.Arbitrary<Problem> = fc.record({
  severity: fc.constantFrom('error', 'warning'),
  provider: fc.constant('docker'),
  source: name,
  field: fc.constantFrom('traefik.http.routers.a.middleware', 'traefik.http.routers.a.rul'),
  object: fc.record({ kind: fc.constantFrom('router', 'service', 'middleware'), name }),
  reason: fc.constant('unknown field'),
  hint: fc.constant(undefined),
})

const declaration: fc.Arbitrary<Declaration> = fc.record({
  provider: fc.constantFrom('docker', 'file'),
  routers: mapOf(router),
  services: mapOf(service),
  middlewares: mapOf(middleware),
  origins: mapOf(origin),
  problems: fc.array(problem, { maxLength: 2 }),
  owners: mapOf(fc.constantFrom('project "p"', 'project "q"')),
  cause: fc.constant({ what: 'test', at: 0 }),
})

test('an update gives what linking everything anew would give', () => {
  fc.assert(
    fc.property(fc.array(declaration, { minLength: 1, maxLength: 8 }), (declarations) => {
      const config = createMerger()
      const link = linker()
      const latest = new Map<string, Declaration>()
      for (const step of declarations) {
        // A provider keeps what did not change: here, half of its objects.
        const kept = keepSome(latest.get(step.provider), step)
        latest.set(step.provider, kept)
        assert.deepEqual(shown(link(config(kept), 1)), shown(linker()(merge(latest.values()), 1)))
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
  )
})

function keepSome(before: Declaration | undefined, after: Declaration): Declaration {
  if (before === undefined) return after
  const mix = <T>(old: ReadonlyMap<string, T> | undefined, now: ReadonlyMap<string, T> | undefined) => {
    const mixed = new Map(now)
    for (const [key, value] of old ?? []) if (key < 'c' && now?.has(key) === true) mixed.set(key, value)
    return mixed
  }
  return {
    ...after,
    routers: mix(before.routers, after.routers),
    services: mix(before.services, after.services),
    middlewares: mix(before.middlewares, after.middlewares),
    origins: mix(before.origins, after.origins),
  }
}

function linker(): ReturnType<typeof createLinker> {
  const plain = { middlewares: [], tls: false }
  return createLinker({
    entryPoints: new Map<string, EntryPointOptions>([
      ['web', plain],
      ['guarded', { middlewares: ['a'], tls: false }],
    ]),
    defaultEntryPoints: ['web'],
    internalServices: ['api@internal' as QualifiedName],
    defaultRuleSyntax: 'v3',
  })
}

/** Everything, with maps in the order of their names. */
function shown({ routers, services, middlewares, problems, plan }: Snapshot): unknown {
  const byName = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    routers: byName(routers),
    services: byName(services),
    middlewares: byName(middlewares),
    problems,
    routes: byName(plan.routes),
    planned: byName(plan.services),
  }
}

function mapOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> {
  return fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries) => new Map(entries))
}
