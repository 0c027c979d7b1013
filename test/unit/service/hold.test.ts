// Requests that wait while a service has nobody, over real connections.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Entrypoint } from '../../../src/entrypoint/entrypoint.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { steadyMs } from '../../../src/ledger/steady-clock.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { Holds } from '../../../src/service/holds.ts'
import type { Forward, Member } from '../../../src/service/member.ts'
import { compileService } from '../../../src/service/service.ts'
import type { Service } from '../../../src/service/service.ts'
import { balancerOf, memberWith } from '../../support/balancer.ts'
import { openEdge } from '../../support/edge.ts'

const name = 'web@docker' as QualifiedName
const longMs = 60_000

test('a request waits for a member to come back, and is answered by it', async () => {
  await using stage = await openStage()
  stage.leave()
  const waiting = stage.ask()
  await stage.waits(1)
  stage.comeBack()
  assert.deepEqual(await waiting, { status: 200, body: '1', retryAfter: undefined })
})

test('a wall clock that is set makes nobody late', async (context) => {
  await using stage = await openStage()
  stage.leave()
  const waiting = [stage.ask()]
  await stage.waits(1)
  const { now } = Date
  context.mock.method(Date, 'now', () => now() + 2 * longMs)
  const second = stage.ask()
  waiting.push(second)
  await Promise.race([stage.waits(2), second])
  stage.comeBack()
  for (const answer of await Promise.all(waiting)) assert.equal(answer.status, 200)
})

test('members that are exchanged while a request waits are the ones that it is given to', async () => {
  await using stage = await openStage()
  stage.leave()
  const waiting = stage.ask()
  await stage.waits(1)
  stage.replace([])
  stage.replace([memberWith({ slot: 'new' })])
  assert.equal((await waiting).body, 'new')
})

test('who waits is served first come, first served, client by client', async () => {
  await using stage = await openStage()
  stage.leave()
  const answers: Promise<unknown>[] = []
  for (const [from, body] of [
    ['127.0.0.1', 'a1'],
    ['127.0.0.1', 'a2'],
    ['127.0.0.1', 'a3'],
    ['127.0.0.2', 'b1'],
    ['127.0.0.3', 'c1'],
  ] as const) {
    answers.push(stage.ask({ from, path: `/${body}` }))
    await stage.waits(answers.length)
  }
  stage.comeBack()
  await Promise.all(answers)
  assert.deepEqual(stage.served, ['/a1', '/b1', '/c1', '/a2', '/a3'])
})

test('nobody overtakes those who wait, and who came last is not forgotten', async () => {
  await using stage = await openStage()
  stage.leave()
  const first = stage.ask({ path: '/first' })
  await stage.waits(1)
  stage.members[0]!.row.available = true
  const second = stage.ask({ path: '/second' })
  await stage.waits(2)
  stage.comeBack()
  await Promise.all([first, second])
  assert.deepEqual(stage.served, ['/first', '/second'])
})

test('more than may wait are told so at once, the client first that has the most', async () => {
  await using stage = await openStage({ maxHeld: 3 })
  stage.leave()
  const greedy = [1, 2, 3].map((n) => stage.ask({ path: `/${n}` }))
  await stage.waits(3)
  const modest = stage.ask({ from: '127.0.0.2', path: '/modest' })
  const refused = await Promise.race(greedy)
  assert.deepEqual(refused, {
    status: 503,
    body: 'no available server: too many requests wait for one\n',
    retryAfter: '5',
  })
  const again = await stage.ask({ path: '/again' })
  assert.equal(again.status, 503)
  stage.comeBack()
  assert.equal((await modest).status, 200)
  const statuses = (await Promise.all(greedy)).map(({ status }) => status)
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [200, 200, 503],
  )
})

test('a client that leaves gives up its place, and its request reaches nobody', async () => {
  await using stage = await openStage()
  stage.leave()
  const leaving = stage.send({ path: '/leaving' })
  await stage.waits(1)
  const staying = stage.ask({ path: '/staying' })
  await stage.waits(2)
  leaving.destroy()
  await stage.waits(1)
  stage.comeBack()
  assert.equal((await staying).status, 200)
  assert.deepEqual(stage.served, ['/staying'])
})

test('nobody is waited for longer than was said, and who has been away for as long not at all', async () => {
  await using stage = await openStage({ holdMs: 150 })
  stage.leave()
  const waiting = stage.ask()
  await stage.waits(1)
  assert.deepEqual(await waiting, {
    status: 503,
    body: 'no available server: none became ready within 0.15 s\n',
    retryAfter: '5',
  })
  stage.mostWaiting = 0
  assert.equal((await stage.ask()).status, 503)
  assert.equal(stage.mostWaiting, 0)
})

test('who has never been there is not waited for, unless somebody is on the way', async () => {
  await using stage = await openStage({ members: [memberWith({ slot: '1' })] })
  const never = memberWith({ slot: 'never' })
  const fresh = { ...never, row: stage.freshRow() }
  stage.replace([fresh], 0)
  assert.equal((await stage.ask()).body, 'no available server\n'.replace('\n', ': none became ready within 60 s\n'))
  fresh.row.coming = true
  const waiting = stage.ask()
  await stage.waits(1)
  fresh.row.available = true
  stage.holds.wake()
  assert.equal((await waiting).body, 'never')
})

test('a service that is gone while a request waits may come back', async () => {
  await using stage = await openStage()
  stage.leave()
  const waiting = stage.ask()
  await stage.waits(1)
  stage.remove()
  stage.replace([memberWith({ slot: 'again' })])
  assert.equal((await waiting).body, 'again')
})

test('a request that nobody could be reached for waits as well, body and all', async () => {
  await using stage = await openStage({ refusing: true })
  const waiting = stage.ask({ method: 'POST', body: 'x'.repeat(200_000) })
  await stage.waits(1)
  stage.accept()
  assert.deepEqual(await waiting, { status: 200, body: '1 200000', retryAfter: undefined })
})

test('a request that is refused by as many members as it may be given to at once waits, although there are others', async () => {
  await using stage = await openStage({
    refusing: true,
    members: ['1', '2', '3', '4', '5'].map((slot) => memberWith({ slot })),
  })
  const waiting = stage.ask({ method: 'POST', body: 'x' })
  await stage.waits(1)
  stage.accept()
  const { status } = await waiting
  assert.equal(status, 200)
})

test('a request that members refused before one broke off waits as one that was broken off once', async () => {
  await using stage = await openStage({
    refusing: true,
    breaksAt: 3,
    members: ['1', '2', '3', '4', '5'].map((slot) => memberWith({ slot })),
  })
  const waiting = stage.ask()
  await Promise.race([stage.waits(1), waiting])
  stage.accept()
  assert.equal((await waiting).status, 200)
  assert.equal(stage.attempts, 4)
})

test('answers that never end keep nobody back who waits behind them, nor who comes later', async () => {
  await using stage = await openStage({ endless: true, maxHeld: 200 })
  stage.leave()
  const streams = Array.from({ length: 100 }, () => stage.send())
  const answers = streams.map(async (sent) => ((await once(sent, 'response')) as [IncomingMessage])[0].statusCode)
  await stage.waits(100)
  stage.comeBack()
  assert.deepEqual(await Promise.all(answers), Array(100).fill(200))
  const late = stage.send()
  const [answer] = (await once(late, 'response')) as [IncomingMessage]
  assert.equal(answer.statusCode, 200)
  for (const sent of [...streams, late]) sent.destroy()
})

test('a request that hangs at a member that failed keeps nobody from one that comes', async () => {
  await using stage = await openStage({ members: [memberWith({ slot: 'dead' }), memberWith({ slot: 'fresh' })] })
  const [dead, fresh] = stage.members
  stage.leave()
  stage.hanging = 'dead'
  const hung = stage.send({ path: '/hung' })
  await stage.waits(1)
  const waiting = stage.ask({ path: '/waiting' })
  await stage.waits(2)
  // Tried with the first in line, since there is nobody else.
  dead!.row.failing = true
  dead!.row.available = true
  await stage.waits(1)
  fresh!.row.available = true
  stage.holds.wake()
  assert.deepEqual(await waiting, { status: 200, body: 'fresh', retryAfter: undefined })
  hung.destroy()
})

test('an idempotent request whose member breaks off is given to it again a few times, and no more', async () => {
  await using stage = await openStage({ breaking: true })
  const answer = await stage.ask()
  assert.equal(answer.status, 502)
  assert.equal(stage.attempts, 3)
})

interface Options {
  readonly members?: readonly Member[]
  readonly holdMs?: number
  readonly maxHeld?: number
  /** The member refuses connections at first. */
  readonly refusing?: boolean
  /** It closes every connection without an answer. */
  readonly breaking?: boolean
  /** The attempt that ends so, and no other. */
  readonly breaksAt?: number
  /** It begins answers, and ends none. */
  readonly endless?: boolean
}

interface Ask {
  readonly from?: string
  readonly path?: string
  readonly method?: string
  readonly body?: string
}

class Stage implements AsyncDisposable {
  members: readonly Member[]
  readonly served: string[] = []
  readonly holds: Holds
  attempts = 0
  mostWaiting = 0
  /** The slot of a member that takes requests and says nothing. */
  hanging: string | undefined
  edge!: Entrypoint
  #service: Service | undefined
  #refusing: boolean
  readonly #breaking: boolean
  readonly #breaksAt: number
  readonly #endless: boolean
  readonly #holdMs: number

  constructor({
    members = [memberWith({ slot: '1' })],
    holdMs = longMs,
    maxHeld = 100,
    refusing = false,
    breaking = false,
    breaksAt = 0,
    endless = false,
  }: Options) {
    this.members = members
    this.#holdMs = holdMs
    this.#refusing = refusing
    this.#breaking = breaking
    this.#breaksAt = breaksAt
    this.#endless = endless
    this.holds = new Holds(maxHeld, () => this.#service)
    this.replace(members, 0)
  }

  replace(members: readonly Member[], lostBefore?: number): void {
    const before = this.#service
    this.members = members
    const lost = lostBefore ?? (before?.canServe(false) === true ? steadyMs() : (before?.lostAt() ?? 0))
    this.#service = compileService(
      name,
      { members: [], passHostHeader: true, stickyCookie: undefined, balancing: balancingDefaults },
      { ...balancerOf(members), lostBefore: lost },
      { forward: this.#forward, tell: () => undefined, secret: '', holds: this.holds, holdMs: this.#holdMs },
    )
    this.holds.wake()
  }

  remove(): void {
    this.#service = undefined
    this.holds.wake()
  }

  serve: Service['serve'] = async (exchange) => this.#service?.serve(exchange)

  leave(): void {
    for (const { row } of this.members) row.available = false
  }

  comeBack(): void {
    for (const { row } of this.members) row.available = true
    this.holds.wake()
  }

  accept(): void {
    this.#refusing = false
  }

  /** A row that has never taken anybody. */
  freshRow(): Member['row'] {
    return new Ledger().row('fresh')
  }

  /** Resolves once as many wait. */
  async waits(count: number): Promise<void> {
    for (;;) {
      const waiting = this.holds.waiting(name)
      this.mostWaiting = Math.max(this.mostWaiting, waiting)
      if (waiting === count) return
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  send({ from = '127.0.0.1', path = '/', method = 'GET', body }: Ask = {}): ClientRequest {
    const { port } = this.edge
    const sent = request({ host: '127.0.0.1', port, path, method, localAddress: from, agent: false })
    sent.on('error', () => undefined)
    sent.end(body)
    return sent
  }

  async ask(wish: Ask = {}): Promise<{ status: number; body: string; retryAfter: string | undefined }> {
    const look = setInterval(() => {
      this.mostWaiting = Math.max(this.mostWaiting, this.holds.waiting(name))
    }, 1)
    const [answer] = (await once(this.send(wish), 'response')) as [IncomingMessage]
    clearInterval(look)
    return {
      status: answer.statusCode ?? 0,
      body: await text(answer),
      retryAfter: answer.headers['retry-after'],
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.holds[Symbol.dispose]()
    await this.edge[Symbol.asyncDispose]()
  }

  readonly #forward: Forward = async (exchange, { slot }) => {
    this.attempts++
    if (this.attempts === this.#breaksAt) throw new UpstreamError('reset', 'no', { sent: true })
    if (this.#refusing) throw new UpstreamError('refused', 'no', { sent: false })
    if (this.#breaking) throw new UpstreamError('reset', 'no', { sent: true })
    this.served.push(exchange.path)
    if (exchange.kind === 'http' && (this.#endless || slot === this.hanging)) {
      if (this.#endless) exchange.response.flushHeaders()
      await once(exchange.response, 'close')
      return
    }
    const body = exchange.framing.kind === 'none' ? '' : ` ${(await text(exchange.request)).length}`
    respond(exchange, 200, `${slot}${body}`)
  }
}

async function openStage(options: Options = {}): Promise<Stage> {
  const stage = new Stage(options)
  stage.edge = await openEdge((exchange) => stage.serve(exchange))
  return stage
}
