// The member's answer on the client's side: how it begins, ends, and is cut.
import type { HttpExchange } from '../exchange/exchange.ts'
import type { ServerResponse } from 'node:http'
import type { ResponsePlan } from './response-plan.ts'
import { passableTrailers } from './trailers.ts'

/** Passes a 103 on. HTTP/1.0 knows no interim answers (RFC 9110 section 15.2). */
export function passEarlyHints(exchange: HttpExchange, { fields }: ResponsePlan): void {
  const { request, response } = exchange
  if (request.httpVersionMinor === 0 || response.headersSent || response.destroyed) return
  response.writeInformation(103, fields)
}

/**
 * A piece up to this size goes to the client as text: in one string with the head it costs one write instead of two, and
 * 16 KB is what node writes without memory of its own.
 */
const copiedBytesMax = 15 * 1024

/** True for a piece of which the client is given a copy; false: the piece's own memory is read until it is written. */
export function isCopied(piece: Buffer): boolean {
  return piece.length <= copiedBytesMax
}

/** Passes a piece of the body on. False: the client takes no more until the response's 'drain'. */
export function passPiece(response: ServerResponse, piece: Buffer): boolean {
  if (isCopied(piece)) return response.write(piece.toString('latin1'), 'latin1')
  const more = response.write(piece)
  // node:http holds back what is written until the next tick. Most often the kernel takes all of it now, and then there is
  // nobody to wait for.
  response.socket?.uncork()
  return more || response.writableLength === 0
}

/** Passes the last piece on and ends the answer. */
export function endWith(response: ServerResponse, piece: Buffer): void {
  if (isCopied(piece)) response.end(piece.toString('latin1'), 'latin1')
  else response.end(piece)
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
