// What becomes of a configuration as a whole: references resolved, faults told where they belong, unchanged things kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Declaration, Origin } from '../../../src/model/declaration.ts'
import type { MiddlewareConfig, RouterConfig } from '../../../src/model/dynamic-config.ts'
import type { ServiceConfig } from '../../../src/model/service-config.ts'
import { createMerger, merge } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { createLinker } from '../../../src/snapshot/link.ts'
import type { EntryPointOptions } from '../../../src/snapshot/router-references.ts'
import { planUpdate } from '../../../src/snapshot/plan-update.ts'
import type { RouterInfo, Snapshot } from '../../../src/snapshot/snapshot.ts'

const service: ServiceConfig = { members: [], passHostHeader: true, stickyCookie: undefined }
const usual: RouterConfig = {
  rule: 'Host(`a.local`)',
  service: 's',
  middlewares: [],
  entryPoints: undefined,
  priority: undefined,
}
const add: MiddlewareConfig = { kind: 'addPrefix', prefix: '/add' }
const strip: MiddlewareConfig = { kind: 'stripPrefix', prefixes: ['/a'], forceSlash: false }
const auth: MiddlewareConfig = { kind: 'pending', type: 'basicAuth', options: { users: ['u:hash'] } }
const chainOf = (...middlewares: string[]): MiddlewareConfig => ({ kind: 'chain', middlewares })

interface Parts {
  readonly routers?: Readonly<Record<string, Partial<RouterConfig>>>
  readonly middlewares?: Readonly<Record<string, MiddlewareConfig>>
  readonly origins?: Readonly<Record<string, Partial<Origin>>>
  readonly problems?: Declaration['problems']
  readonly service?: ServiceConfig
  readonly entryPoints?: Readonly<Record<string, Partial<EntryPointOptions>>>
}

test('a chain is replaced by what is in it, in its order', () => {
  const { plan } = linked({
    routers: { r: { middlewares: ['all', 'strip'] } },
    middlewares: { all: chainOf('add', 'inner'), inner: chainOf('strip', 'add'), add, strip },
  })
  assert.deepEqual(plan.routes.get(name('r'))?.middlewares, [add, strip, add, strip])
})

test('where a router sends the sticky cookie is told with its route', () => {
  const scope = { path: '/app', domain: undefined }
  const { plan } = linked({ routers: { r: { stickyCookie: scope }, other: {} } })
  assert.deepEqual(plan.routes.get(name('r'))?.cookie, scope)
  assert.equal(plan.routes.get(name('other'))?.cookie, undefined)
})

const guarded: readonly (readonly [string, Parts, RegExp])[] = [
  [
    'a middleware that does not exist',
    { routers: { r: { middlewares: ['ad'] } } },
    /"ad@test" does not exist; did you mean "add"\?/,
  ],
  [
    'a kind that does not run yet',
    { routers: { r: { middlewares: ['auth'] } } },
    /"auth@test": the basicAuth middleware is not supported yet/,
  ],
  [
    'a chain with such a kind',
    { routers: { r: { middlewares: ['c'] } }, middlewares: { c: chainOf('add', 'auth') } },
    /basicAuth/,
  ],
  [
    'a chain that contains itself',
    { routers: { r: { middlewares: ['c'] } }, middlewares: { c: chainOf('d'), d: chainOf('c') } },
    /"c@test" is a chain that contains itself/,
  ],
  [
    'a service whose own middlewares do not run',
    { routers: { r: {} }, service: { ...service, pending: { middlewares: ['auth'] } } },
    /the middlewares of service "s@test" are not supported yet/,
  ],
  [
    'a service whose middlewares cannot be read',
    {
      routers: { r: {} },
      problems: [
        {
          severity: 'error',
          provider: 'test',
          source: 'c',
          field: 'traefik.http.services.s.middleware',
          object: { kind: 'service', name: 's' },
          reason: 'unknown field "middleware"',
          hint: undefined,
        },
      ],
    },
    /cannot be read and may name a middleware/,
  ],
  ...['middlewares.x', 'Middlewares[0].x', 'midlewares[0]'].map((option): (typeof guarded)[number] => [
    `what names a middleware in ${option}`,
    {
      routers: { r: {} },
      problems: [
        {
          severity: 'error',
          provider: 'test',
          source: 'c',
          field: `traefik.http.routers.R.${option}`,
          object: { kind: 'router', name: 'r' },
          reason: '"middlewares" is one value and has no fields',
          hint: undefined,
        },
      ],
    },
    /cannot be read and may name a middleware/,
  ]),
  [
    'an entrypoint whose middleware is missing',
    { routers: { r: {} }, entryPoints: { web: { middlewares: ['nope'] } } },
    /"nope@test" does not exist/,
  ],
  [
    'a middleware that could not be read',
    {
      routers: { r: { middlewares: ['bad'] } },
      problems: [
        {
          severity: 'error',
          provider: 'test',
          source: 'c',
          field: 'traefik.http.middlewares.bad.addprefix.prefix',
          object: { kind: 'middleware', name: 'bad' },
          reason: '"x" is no prefix',
          hint: undefined,
        },
      ],
    },
    /"bad@test" cannot be used: "x" is no prefix/,
  ],
]

for (const [what, parts, reason] of guarded) {
  test(`a router with ${what} keeps its requests and answers 503`, () => {
    const snapshot = linked({ ...parts, middlewares: { add, auth, ...parts.middlewares } })
    assert.equal(info(snapshot, 'r').status, 'disabled')
    assert.match(info(snapshot, 'r').errors.join(), reason)
    assert.match(snapshot.plan.routes.get(name('r'))?.refusal ?? '', /^router "r@test" is not served: .*middleware/)
    assert.match(
      snapshot.problems.map((problem) => problem.reason).join(),
      new RegExp(reason.source.split(';')[0] ?? ''),
    )
  })
}

test('chains that unfold without end are refused, not followed', () => {
  const middlewares = Object.fromEntries(
    Array.from({ length: 15 }, (_, i) => [
      `c${i}`,
      i === 14 ? chainOf('add', 'add') : chainOf(`c${i + 1}`, `c${i + 1}`),
    ]),
  )
  const snapshot = linked({ routers: { r: { middlewares: ['c0'] } }, middlewares: { add, ...middlewares } })
  assert.match(info(snapshot, 'r').errors.join(), /more than 256 middlewares/)
})

const endless: readonly (readonly [string, MiddlewareConfig])[] = [
  ['one middleware', add],
  ['nothing', chainOf()],
  ['what is missing', chainOf('missing')],
  ['the first of them', chainOf('c0')],
]

for (const [what, end] of endless) {
  test(`chains that each name the next one a hundred times, down to ${what}, are refused at once`, () => {
    const middlewares = Object.fromEntries(
      Array.from({ length: 15 }, (_, i) => [
        `c${i}`,
        i === 14 ? end : chainOf(...Array.from({ length: 100 }, () => `c${i + 1}`)),
      ]),
    )
    const snapshot = linked({ routers: { r: { middlewares: ['c0'] } }, middlewares })
    assert.match(snapshot.plan.routes.get(name('r'))?.refusal ?? '', /more than 256 middlewares/)
    assert.equal(snapshot.problems.length, 1)
  })
}

test('a router whose middlewares come to more than 256 is not served', () => {
  const many = (count: number, reference: string) => Array.from({ length: count }, () => reference)
  const { plan, problems } = linked({
    routers: {
      few: { middlewares: many(256, 'add') },
      many: { middlewares: many(257, 'add') },
      chains: { middlewares: ['c', 'c'] },
    },
    middlewares: { add, c: chainOf(...many(200, 'add')) },
  })
  assert.equal(plan.routes.get(name('few'))?.refusal, undefined)
  assert.equal(plan.routes.get(name('few'))?.middlewares.length, 256)
  for (const router of ['many', 'chains']) {
    assert.match(plan.routes.get(name(router))?.refusal ?? '', /the router names more than 256 middlewares/)
  }
  assert.equal(problems.length, 2)
})

test('what a chain lacks several times is told once', () => {
  const { problems } = linked({
    routers: { r: { middlewares: ['c'] } },
    middlewares: { c: chainOf('missing', 'missing', 'gone') },
  })
  assert.equal(problems.length, 2)
})

test("an entrypoint's middlewares come before the router's, on that entrypoint alone", () => {
  const { plan } = linked({
    routers: { r: { middlewares: ['strip'], entryPoints: ['web', 'other'] } },
    middlewares: { add, strip },
    entryPoints: { web: { middlewares: ['add@test'] }, other: {} },
  })
  const route = plan.routes.get(name('r'))
  assert.deepEqual(route?.middlewares, [strip])
  assert.deepEqual(
    route?.places.map(({ entryPoint, before }) => [entryPoint, before]),
    [
      ['web', [add]],
      ['other', []],
    ],
  )
})

const tls = { options: undefined, certResolver: undefined, domains: [] }
const secure: readonly (readonly [string, Parts, string, boolean])[] = [
  ['asks for TLS', { routers: { r: { tls } } }, 'disabled', false],
  ['stands on a TLS entrypoint alone', { routers: { r: { entryPoints: ['sec'] } } }, 'disabled', false],
  ['stands on a plain entrypoint as well', { routers: { r: { entryPoints: ['web', 'sec'] } } }, 'warning', true],
]
for (const [what, parts, status, hasRoute] of secure) {
  test(`a router that ${what} says that TLS is not there, and never serves it plain`, () => {
    const snapshot = linked({ entryPoints: { web: {}, sec: { tls: true } }, ...parts })
    assert.equal(info(snapshot, 'r').status, status)
    assert.match(info(snapshot, 'r').errors.join(), /tls: TLS is not supported yet/)
    const route = snapshot.plan.routes.get(name('r'))
    assert.equal(route !== undefined, hasRoute)
    assert.deepEqual(route?.places.filter((place) => place.entryPoint === 'sec' && !place.tls) ?? [], [])
  })
}

const claims: readonly (readonly [string, readonly string[], boolean])[] = [
  ['Host(`a.local`)', ['a.local'], true],
  ['Host(`b.local`)', ['a.local'], false],
  ['Host(`x.a.local`)', ['*.a.local'], true],
  ['Host(`a.local`)', ['*.a.local'], false],
  ['Host(`*.a.local`)', ['*.a.local'], true],
  ['Host(`*.a.local`)', ['x.a.local'], false],
  ['Host(`a.local`) || Host(`b.local`)', ['a.local'], false],
  ['Host(`a.local`) && PathPrefix(`/x`)', ['a.local'], true],
  ['PathPrefix(`/`)', ['a.local'], false],
  ['HostRegexp(`^a`)', ['a.local'], false],
  ['PathPrefix(`/`)', ['*'], true],
  ['Host(`a.local`)', [], false],
]
for (const [rule, allowedHosts, granted] of claims) {
  test(`${rule} is ${granted ? 'granted' : 'refused'} to whoever may claim ${allowedHosts.join(' ') || 'nothing'}`, () => {
    const snapshot = linked({ routers: { r: { rule } }, origins: { r: { allowedHosts } } })
    assert.equal(info(snapshot, 'r').status, granted ? 'enabled' : 'disabled')
    assert.equal(snapshot.plan.routes.has(name('r')), granted)
    if (!granted) assert.match(info(snapshot, 'r').errors.join(), /^rule: .*host policy does not grant/)
  })
}

for (const [target, mayUseInternal, works] of [
  ['api@internal', false, false],
  ['api@internal', true, true],
  ['noop@internal', false, true],
  ['ping@internal', false, true],
] as const) {
  test(`${target} ${works ? 'may' : 'may not'} be reached by labels that ${mayUseInternal ? 'may' : 'may not'} use what is Muster's`, () => {
    const snapshot = linked({ routers: { r: { service: target } }, origins: { r: { mayUseInternal } } })
    assert.equal(info(snapshot, 'r').status, works ? 'enabled' : 'disabled')
    if (!works)
      assert.match(
        info(snapshot, 'r').errors.join(),
        /"api@internal" is not for labels of this container.*allowInternal/,
      )
  })
}

test("a router that takes requests for another project's host first is a warning, on that router", () => {
  const routers = {
    shop: { rule: 'Host(`a.local`)' },
    thief: { rule: 'Host(`a.local`) && PathPrefix(`/`)', priority: 9999n },
    same: { rule: 'Host(`a.local`) && Path(`/x`)' },
  }
  const origins = {
    shop: { owner: 'project "shop"' },
    same: { owner: 'project "shop"' },
    thief: { owner: 'project "evil"' },
  }
  const snapshot = linked({ routers, origins })
  assert.equal(info(snapshot, 'shop').status, 'enabled')
  assert.equal(info(snapshot, 'same').status, 'enabled')
  assert.equal(info(snapshot, 'thief').status, 'warning')
  assert.match(
    info(snapshot, 'thief').errors.join(),
    /takes requests for "a\.local" before router "same@test" of project "shop"/,
  )
})

test('one of five hundred routers is broken, and the others do not change', () => {
  const routers = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`r${i}`, { rule: i === 250 ? 'Host(`' : `Host(\`h${i}.local\`)` }]),
  )
  const snapshot = linked({ routers })
  assert.equal(snapshot.plan.routes.size, 499)
  assert.equal(info(snapshot, 'r250').status, 'disabled')
})

test('an update gives a new route to what changed and keeps the others, which do not cross to the threads again', () => {
  const link = createLinker(context({}))
  const config = createMerger()
  const same = { ...usual, rule: 'Host(`same.local`)', middlewares: ['add'] }
  const first = link(config(declaration({ same, other: usual }, { add })), 1)
  const changed = { ...usual, rule: 'Host(`changed.local`)' }
  const second = link(config(declaration({ same, other: changed, more: { ...usual } }, { add })), 2)
  assert.equal(first.plan.routes.get(name('same')), second.plan.routes.get(name('same')))
  const update = planUpdate(first.plan, second.plan)
  assert.deepEqual([...update.routes.keys()].sort(), ['more@test', 'other@test'])
  const third = link(config(declaration({ same }, { add })), 3)
  const gone = planUpdate(second.plan, third.plan).routes
  assert.deepEqual([...gone.keys()].sort(), ['more@test', 'other@test'])
  assert.deepEqual([...gone.values()], [undefined, undefined])
})

test('a router is looked at again when a middleware it uses appears or goes', () => {
  const link = createLinker(context({}))
  const config = createMerger()
  const r = { ...usual, middlewares: ['add'] }
  const without = link(config(declaration({ r }, {})), 1)
  assert.equal(info(without, 'r').status, 'disabled')
  const present = link(config(declaration({ r }, { add })), 2)
  assert.equal(info(present, 'r').status, 'enabled')
  assert.deepEqual(present.plan.routes.get(name('r'))?.middlewares, [add])
  assert.equal(info(link(config(declaration({ r }, {})), 3), 'r').status, 'disabled')
})

function name(router: string): QualifiedName {
  return `${router}@test` as QualifiedName
}

function info(snapshot: Snapshot, router: string): RouterInfo {
  const found = snapshot.routers.get(name(router))
  assert.ok(found)
  return found
}

function context(entryPoints: Parts['entryPoints']) {
  const names = Object.entries(entryPoints ?? { web: {} })
  return {
    entryPoints: new Map(
      names.map(([entryPoint, options]) => [entryPoint, { middlewares: [], tls: false, ...options }]),
    ),
    defaultEntryPoints: ['web'],
    internalServices: ['api', 'noop', 'ping'].map((service) => `${service}@internal` as QualifiedName),
    defaultRuleSyntax: 'v3' as const,
  }
}

function declaration(
  routers: Readonly<Record<string, RouterConfig>>,
  middlewares: Readonly<Record<string, MiddlewareConfig>>,
  target = service,
): Declaration {
  return {
    provider: 'test',
    routers: new Map(Object.entries(routers)),
    services: new Map([['s', target]]),
    middlewares: new Map(Object.entries(middlewares)),
    problems: [],
    cause: { what: 'test', at: 0 },
  }
}

function linked({
  routers = {},
  middlewares = {},
  origins = {},
  problems = [],
  service: target,
  entryPoints = { web: {} },
}: Parts): Snapshot {
  const complete = Object.fromEntries(
    Object.entries(routers).map(([router, parts]) => [router, { ...usual, ...parts }]),
  )
  const places = Object.entries(origins).map(
    ([router, origin]) => [router, { source: 'c-1', field: `traefik.http.routers.${router}`, ...origin }] as const,
  )
  const config = merge([{ ...declaration(complete, middlewares, target), problems, origins: new Map(places) }])
  return createLinker(context(entryPoints))(config, 1)
}

test("nobody's complaint disables a router of another owner", () => {
  const problem = {
    severity: 'error',
    provider: 'test',
    source: 'evil-1',
    field: 'traefik.http.routers.r.middlewars',
    object: { kind: 'router', name: 'r' },
    reason: 'unknown field "middlewars"',
    hint: undefined,
  } as const
  const of = (owner: string) => {
    const origins = new Map([['r', { source: 'good-1', field: 'traefik.http.routers.r', owner: 'project "good"' }]])
    const owners = new Map([['evil-1', owner]])
    const config = merge([{ ...declaration({ r: usual }, {}), origins, owners, problems: [problem] }])
    return info(createLinker(context({ web: {} }))(config, 1), 'r').status
  }
  assert.equal(of('project "evil"'), 'enabled')
  assert.equal(of('project "good"'), 'disabled')
})

test('clients are told which middleware is missing, and nothing that may have been a value', () => {
  const secret: MiddlewareConfig = { kind: 'redirectRegex', regex: '(hunter2', replacement: 'x', permanent: false }
  const snapshot = linked({ routers: { r: { middlewares: ['secret'] } }, middlewares: { secret } })
  assert.equal(
    snapshot.plan.routes.get(name('r'))?.refusal,
    'router "r@test" is not served: middleware "secret@test" cannot be used',
  )
})
