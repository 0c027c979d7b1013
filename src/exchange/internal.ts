// Requests to Muster's own services (`api@internal`, `ping@internal`). What they tell is known to the control thread
// only, so they cross to it as values, and their answers back.
import type { Handler } from './exchange.ts'
import { respond } from './respond.ts'

export interface InternalRequest {
  readonly method: string
  readonly path: string
  readonly query: string | undefined
}

export interface InternalAnswer {
  readonly status: number
  readonly body: string
  /** Names and values in turn. */
  readonly fields: readonly string[]
}

export type InternalService = (request: InternalRequest) => InternalAnswer | Promise<InternalAnswer>

/** Puts a request to the internal service of that name. */
export type AskInternal = (service: string, request: InternalRequest) => Promise<InternalAnswer>

export function internalHandler(service: string, ask: AskInternal): Handler {
  return async (exchange) => {
    const { path, head } = exchange
    const { method, query } = head
    exchange.record.service = service
    // Below a prefix that its router takes off, as with any other service.
    const { status, body, fields } = await ask(service, { method, path: path === '' ? '/' : path, query })
    respond(exchange, status, body, fields)
  }
}
