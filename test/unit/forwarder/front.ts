// The smallest entrypoint that can stand before a forwarder: it makes an exchange of every arrival and answers failures.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { Exchange, ExchangeRecord, Framing } from '../../../src/exchange/exchange.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import { createForwarder, type Forwarder, type ForwarderOptions } from '../../../src/forwarder/forwarder.ts'
import { forwarderDefaults } from '../../../src/settings/limits.ts'
import type { Member } from '../../../src/service/member.ts'

export interface Front extends AsyncDisposable {
  readonly port: number
  readonly forwarder: Forwarder
  /** Where requests go; may be set anew. */
  member: Member
  /** Set before a request to change the exchange that is made of it. */
  prepare: (exchange: Exchange) => void
  passHostHeader: boolean
  retryNonIdempotent: boolean
  isUnsettled: () => boolean
  /** Tried in turn after `member` has failed, as a retrying service would. */
  others: readonly Member[]
  /** How the exchange with this number, from 0 in the order they settle, ended. */
  outcome(number: number): Promise<Outcome>
}

/** `settled`, or why not. */
export type Outcome = 'settled' | UpstreamError | Error

export function memberAt(port: number, overrides: Partial<Member> = {}): Member {
  const key = overrides.key ?? 'web@test|1'
  return {
    key,
    url: `http://127.0.0.1:${port}`,
    scheme: 'http',
    host: '127.0.0.1',
    port,
    weight: 1,
    slot: '1',
    route: '1',
    hostname: undefined,
    redirect: undefined,
    lbset: 0,
    role: 'regular',
    retryMs: undefined,
    row: new Ledger().row(key),
    ...overrides,
  }
}

/** A front whose requests all go to `member`. */
export async function startFront(member: Member, options: Partial<ForwarderOptions> = {}): Promise<Front> {
  const forwarder = createForwarder({ ...forwarderDefaults, ...options })
  const outcomes: Outcome[] = []
  let wake: (() => void)[] = []
  const server = createServer()

  function attempt(exchange: Exchange, to: Member): Promise<Outcome> {
    return forwarder.forward(exchange, to, front).then((): Outcome => 'settled', toOutcome)
  }

  async function serve(exchange: Exchange): Promise<void> {
    front.prepare(exchange)
    let outcome = await attempt(exchange, front.member)
    for (const other of front.others) {
      if (outcome !== 'settled') outcome = await attempt(exchange, other)
    }
    if (outcome instanceof UpstreamError) respond(exchange, outcome.status, `${outcome.code} sent=${outcome.sent}`)
    else if (outcome instanceof Error) exchange.request.destroy()
    outcomes.push(outcome)
    const waiting = wake
    wake = []
    for (const each of waiting) each()
  }

  server.on('request', (request, response) => void serve({ ...base(request), kind: 'http', response }))
  server.on('upgrade', (request, socket, upgradeHead: Buffer) => {
    socket.on('error', () => {})
    void serve({ ...base(request), kind: 'upgrade', socket, upgradeHead })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const front: Front = {
    port: (server.address() as AddressInfo).port,
    forwarder,
    member,
    prepare: () => {},
    passHostHeader: true,
    retryNonIdempotent: false,
    isUnsettled: () => false,
    others: [],
    async outcome(number) {
      for (;;) {
        const outcome = outcomes[number]
        if (outcome !== undefined) return outcome
        await new Promise<void>((resolve) => wake.push(resolve))
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await forwarder[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
  return front
}

/** The code of an UpstreamError, the message of another, or `settled`. */
export function codeOf(outcome: Outcome): string {
  if (outcome === 'settled') return outcome
  return outcome instanceof UpstreamError ? outcome.code : outcome.message
}

function toOutcome(error: unknown): Outcome {
  return error instanceof Error ? error : new Error(String(error))
}

const notForwarded = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te'])

function base(request: IncomingMessage) {
  const target = request.url ?? '/'
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const fields: string[] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? ''
    if (!notForwarded.has(name.toLowerCase())) fields.push(name, request.rawHeaders[i + 1] ?? '')
  }
  return {
    head: {
      method: request.method ?? 'GET',
      host: '',
      path,
      query: mark === -1 ? undefined : target.slice(mark + 1),
      fields: request.rawHeaders,
      clientIp: '127.0.0.1',
      secure: false,
    },
    request,
    hostField: request.headers.host,
    path,
    fields,
    framing: framingOf(request),
    keptBody: undefined,
    responseFields: [],
    responseEdits: undefined,
    cookieScope: undefined,
    record: newRecord(),
  }
}

function newRecord(): ExchangeRecord {
  return {
    router: undefined,
    service: undefined,
    member: undefined,
    attempts: 0,
    perhapsDone: 0,
    failure: undefined,
    route: undefined,
    session: undefined,
    routeChanged: false,
    heldUntil: undefined,
    status: undefined,
    server: undefined,
    serviceAt: undefined,
    quiet: false,
    unmeasured: false,
  }
}

function framingOf(request: IncomingMessage): Framing {
  if (request.headers['transfer-encoding'] !== undefined) return { kind: 'chunked' }
  const length = request.headers['content-length']
  return length === undefined ? { kind: 'none' } : { kind: 'length', bytes: Number(length) }
}
