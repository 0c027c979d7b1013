// The member's answer on the client's side: how it begins, ends, and is cut.
import type { HttpExchange } from '../exchange/exchange.ts'
import type { ServerResponse } from 'node:http'
import { planResponse, type ResponsePlan } from './response-plan.ts'
import type { ResponseHead } from './response-head.ts'
import { passableTrailers } from './trailers.ts'

/** Passes a 103 on. HTTP/1.0 knows no interim answers (RFC 9110 section 15.2). */
export function passEarlyHints(exchange: HttpExchange, head: ResponseHead): void {
  const { request, response } = exchange
  if (request.httpVersionMinor === 0 || response.headersSent || response.destroyed) return
  const plan = planResponse(head, exchange.head.method, false)
  if (plan.kind === 'plan') response.writeInformation(head.status, plan.fields)
}

/** Ends the answer, with trailers where the client's framing has room for them. */
export function endAnswer(response: ServerResponse, trailers: readonly string[]): void {
  if (response.writableEnded || response.destroyed) return
  if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(passableTrailers(trailers))
  response.end()
}

/**
 * Breaks the client's connection off, so that the answer cannot be taken for complete. A missing last chunk or missing
 * bytes say so themselves; where the end of the connection is the end of the body, only a reset does.
 */
export function cutAnswer(exchange: HttpExchange, plan: ResponsePlan): void {
  // The request's socket, since a pipelined answer may not have one yet.
  const { socket } = exchange.request
  const framed = plan.body.kind === 'length' || exchange.response.chunkedEncoding
  // Over TLS an end without close_notify is a sign of its own (RFC 8446 section 6.1).
  if (framed || 'encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}
