// One update after the other in one data-plane thread.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { respond } from '../../../src/exchange/respond.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { Books } from '../../../src/ledger/ledger.ts'
import type { ServiceConfig } from '../../../src/model/service-config.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import type { Rule } from '../../../src/router/rule.ts'
import { Holds } from '../../../src/service/holds.ts'
import { Compiler } from '../../../src/snapshot/compile.ts'
import type { CompileContext, Handlers } from '../../../src/snapshot/compile.ts'
import { planUpdate, takeIn } from '../../../src/snapshot/plan-update.ts'
import type { ThreadPlan } from '../../../src/snapshot/plan-update.ts'
import type { Plan, RoutePlan } from '../../../src/snapshot/snapshot.ts'
import { head, rule } from '../router/support.ts'

const entryPoints = ['web', 'api']
const hosts = ['a.local', 'b.local', 'x.w.local']
const ruleTexts = ['Host(`a.local`)', 'Host(`b.local`) || Host(`a.local`)', 'Host(`*.w.local`)', 'PathPrefix(`/`)']
/** No linked plan holds one; here it stands for whatever a compile may die of. */
const poison: Rule = { kind: 'call', name: 'PathRegexp', args: ['('] }

interface Change {
  readonly name: string
  readonly value: RoutePlan | ServiceConfig | undefined
}

const routeChange = fc
  .record({
    name: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
    text: fc.constantFrom(...ruleTexts),
    places: fc.subarray(entryPoints),
    tls: fc.boolean(),
    service: fc.constantFrom('s1', 's2', 's3', 'pages@internal'),
    gone: fc.boolean(),
    poisoned: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  })
  .map(({ name, gone, text, poisoned, ...parts }): Change => {
    const value = gone ? undefined : { ...route(name, text, parts), ...(poisoned && { rule: poison }) }
    return { name, value }
  })

const serviceChange = fc
  .record({ name: fc.constantFrom('s1', 's2', 's3'), members: fc.constantFrom(undefined, [], ['m1'], ['m2']) })
  .map(({ name, members }): Change => ({ name, value: members && service(members) }))

const updates = fc.array(fc.array(fc.oneof(routeChange, serviceChange), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 12,
})

test('after any updates every request is answered as if the plan had come at once, or as before when it cannot be', () => {
  return fc.assert(
    fc.asyncProperty(updates, async (updates) => {
      const ledger = new Ledger()
      const compiler = new Compiler(contextOf(ledger))
      const thread: ThreadPlan = { routes: new Map(), services: new Map() }
      let plan: Plan = thread
      let told = 0
      let expected: Handlers | undefined
      let handlers: Handlers | undefined
      for (const changes of updates) {
        const after = withAll(plan, changes)
        sync(ledger, after)
        const update = planUpdate(plan, after)
        const { turns, upTo } = ledger.share(told)
        plan = after
        told = upTo
        takeIn(thread, update)
        const compile = (): void => {
          handlers = compiler.compile(thread, update, turns.keys() as Iterable<QualifiedName>)
        }
        if ([...plan.routes.values()].some((one) => one.rule === poison && one.places.length > 0))
          assert.throws(compile)
        else {
          compile()
          expected = new Compiler(contextOf(ledger)).compile(plan, planUpdate(undefined, plan), [])
        }
        assert.deepEqual(await answersOf(handlers), await answersOf(expected))
      }
    }),
    { numRuns: 300 },
  )
})

test('a member that comes is asked by the routes that were there before it', async () => {
  const ledger = new Ledger()
  const compiler = new Compiler(contextOf(ledger))
  const thread: ThreadPlan = { routes: new Map(), services: new Map() }
  const answers: string[] = []
  for (const members of [[], ['m1'], ['m2']]) {
    const plan = withAll(thread, [
      { name: 'r1', value: thread.routes.get(name('r1')) ?? route('r1', 'PathPrefix(`/`)', {}) },
      { name: 's1', value: service(members) },
    ])
    sync(ledger, plan)
    const update = planUpdate(thread, plan)
    takeIn(thread, update)
    const handlers = compiler.compile(thread, update, [])
    answers.push(await answerOf(handlers, 'web', 'a.local', false))
  }
  assert.deepEqual(answers, ['r1 503 no available server\n', 'r1 200 s1|m1', 'r1 200 s1|m2'])
})

test('a service that has new turns takes them, though it is the same in the plan', async () => {
  const ledger = new Ledger()
  const compiler = new Compiler(contextOf(ledger))
  const plan = withAll({ routes: new Map(), services: new Map() }, [
    { name: 'r1', value: route('r1', 'PathPrefix(`/`)', {}) },
    { name: 's1', value: service(['m1', 'm2']) },
  ])
  sync(ledger, plan)
  const handlers = compiler.compile(plan, planUpdate(undefined, plan), [])
  const places = ['m1', 'm2'].map((id, index) => ({ key: `s1|${id}`, weight: 1 + index }))
  ledger.arrange('s1', places)
  compiler.compile(plan, planUpdate(plan, plan), [name('s1')])
  const answers: string[] = []
  for (let i = 0; i < 3; i++) answers.push(await answerOf(handlers, 'web', 'a.local', false))
  assert.deepEqual(answers.sort(), ['r1 200 s1|m1', 'r1 200 s1|m2', 'r1 200 s1|m2'])
})

test('one service more beside a thousand is all that is looked at', () => {
  const ledger = new Ledger()
  const asked: string[] = []
  const books: Books = {
    row(key) {
      asked.push(key)
      return ledger.row(key)
    },
    turns: (service) => ledger.turns(service),
  }
  const compiler = new Compiler(contextOf(books))
  const thread: ThreadPlan = { routes: new Map(), services: new Map() }
  const add = (...numbers: number[]): void => {
    const changes = numbers.flatMap((i): Change[] => [
      { name: `r${i}`, value: route(`r${i}`, `Host(\`h${i}\`)`, { service: `s${i}` }) },
      { name: `s${i}`, value: service(['m']) },
    ])
    const update = planUpdate(thread, withAll(thread, changes))
    takeIn(thread, update)
    compiler.compile(thread, update, [])
  }
  add(...Array(1000).keys())
  asked.length = 0
  add(1000)
  assert.deepEqual(asked, ['s1000|m'])
})

function contextOf(books: Books): CompileContext {
  return {
    entryPoints,
    books,
    secret: '',
    holds: new Holds(0, () => undefined),
    holdMs: 0,
    tell: ignore,
    forward: (exchange, { key }) => {
      respond(exchange, 200, key)
      return Promise.resolve()
    },
    internalServices: new Map([
      [
        name('pages@internal'),
        (exchange) => {
          respond(exchange, 200, 'pages')
          return Promise.resolve()
        },
      ],
    ]),
  }
}

interface RouteParts {
  readonly places?: readonly string[]
  readonly tls?: boolean
  readonly service?: string
}

function route(
  router: string,
  text: string,
  { places = entryPoints, tls = false, service = 's1' }: RouteParts,
): RoutePlan {
  return {
    name: name(router),
    rule: rule(text),
    ruleText: text,
    priority: BigInt(text.length),
    places: places.map((entryPoint) => ({ entryPoint, tls, before: [], quiet: false, unmeasured: false })),
    middlewares: [],
    service: name(service),
    cookie: undefined,
    refusal: undefined,
  }
}

function service(ids: readonly string[]): ServiceConfig {
  const member = { scheme: 'http', host: '127.0.0.1', port: 80, weight: 1, slot: '1', container: undefined } as const
  return { members: ids.map((id) => ({ ...member, id })), passHostHeader: true, stickyCookie: undefined }
}

function withAll(plan: Plan, changes: readonly Change[]): Plan {
  const routes = new Map(plan.routes)
  const services = new Map(plan.services)
  for (const change of changes) {
    const key = name(change.name)
    if (change.value === undefined) (change.name.startsWith('r') ? routes : services).delete(key)
    else if ('rule' in change.value) routes.set(key, change.value)
    else services.set(key, change.value)
  }
  return { routes, services }
}

/** As the cluster does. */
function sync(ledger: Ledger, { services }: Plan): void {
  for (const [name, { members }] of services) {
    const places = members.map(({ id, weight }) => ({ key: `${name}|${id}`, weight }))
    for (const { key } of places) ledger.row(key).available = true
    ledger.arrange(name, places)
  }
}

function answersOf(handlers: Handlers | undefined): Promise<readonly string[]> {
  const requests = entryPoints.flatMap((entryPoint) =>
    hosts.flatMap((host) => [false, true].map((secure) => answerOf(handlers, entryPoint, host, secure))),
  )
  return Promise.all(requests)
}

/** The router, the status and the text. */
async function answerOf(
  handlers: Handlers | undefined,
  entryPoint: string,
  host: string,
  secure: boolean,
): Promise<string> {
  const handler = handlers?.get(entryPoint)
  if (handler === undefined) return 'no configuration yet'
  const record = { router: undefined, serviceAt: undefined, attempts: 0 }
  let answer = ''
  const response = {
    writeHead: (status: number) => (answer += `${record.router} ${status} `),
    end: (body: Buffer | string) => (answer += String(body)),
  }
  const request = { resume: () => undefined }
  await handler({
    kind: 'http',
    head: head({ host, secure }),
    record,
    response,
    request,
    responseFields: [],
  } as never)
  return answer
}

function name(text: string): QualifiedName {
  return text as QualifiedName
}

function ignore(): void {}
