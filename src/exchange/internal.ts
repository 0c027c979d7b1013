// Requests to Muster's own services (`api@internal`, `ping@internal`). What they tell is known to the control thread
// only, so they cross to it as values, and their answers back.
import type { EventStreams } from './event-streams.ts'
import type { Exchange, Handler } from './exchange.ts'
import { readBody } from './request-body.ts'
import { respond } from './respond.ts'
import { UpstreamError } from './upstream-error.ts'

export interface InternalRequest {
  readonly method: string
  readonly path: string
  readonly query: string | undefined
  /** As in RequestHead. */
  readonly host: string
  readonly fields: readonly string[]
  readonly clientIp: string
  /** The router that led here. */
  readonly router: string | undefined
  /** Of a POST; empty when it has none. */
  readonly body: string | undefined
}

export interface InternalAnswer {
  readonly status: number
  readonly body: string
  /** Names and values in turn. */
  readonly fields: readonly string[]
  /**
   * The body is the beginning of an event stream: the same is asked again after that time with this query, and so on.
   * The data-plane thread keeps the stream, so that none crosses threads.
   */
  readonly again?: { readonly afterMs: number; readonly query: string } | undefined
}

export type InternalService = (request: InternalRequest) => InternalAnswer | Promise<InternalAnswer>

/** Puts a request to the internal service of that name. */
export type AskInternal = (service: string, request: InternalRequest) => Promise<InternalAnswer>

export function internalHandler(service: string, ask: AskInternal, streams: EventStreams): Handler {
  return async (exchange) => {
    exchange.record.service = service
    const { method } = exchange.head
    const body = method === 'POST' ? await readBody(exchange) : undefined
    if (body?.ok === false) return refuse(exchange, body.status, body.reason)
    const request = internalRequest(exchange, body?.text)
    const answer = await ask(service, request)
    const { status, fields, again } = answer
    if (again === undefined || method === 'HEAD' || exchange.kind !== 'http') {
      return respond(exchange, status, answer.body, fields)
    }
    await streams.run(exchange, answer, (query) => ask(service, { ...request, query }))
  }
}

function internalRequest({ head, path, record }: Exchange, body: string | undefined): InternalRequest {
  const { method, query, host, fields, clientIp } = head
  // Below a prefix that its router takes off, as with any other service.
  return { method, path: path === '' ? '/' : path, query, host, fields, clientIp, router: record.router, body }
}

function refuse(exchange: Exchange, status: number | undefined, reason: string): void {
  if (status === undefined) {
    throw new UpstreamError('client-gone', 'the client left before its request was whole', { sent: false })
  }
  // The rest of the body is not waited for, so nothing can follow it.
  if (exchange.kind === 'http') exchange.response.shouldKeepAlive = false
  const fields = ['Content-Type', 'application/json', 'Cache-Control', 'no-store']
  respond(exchange, status, JSON.stringify({ message: reason }), fields)
}
