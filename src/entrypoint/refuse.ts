// Answers given before there is an exchange. Each ends its connection: what follows a refused request may be its body,
// read as another request.
import { STATUS_CODES } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { rawResponse } from '../exchange/respond.ts'
import { refusal } from './request-head.ts'
import type { Refusal } from './request-head.ts'

const textType = ['Content-Type', 'text/plain; charset=utf-8']

/** Memory runs short, or a stop is under way: it passes. */
export const overloaded = refusal(503, 'too little memory for more requests at the moment')
export const stopping = refusal(503, 'no new tunnels while stopping')
const soon = [...textType, 'Retry-After', '1']

export function refuse(response: ServerResponse, refused: Refusal): void {
  const body = bodyOf(refused)
  response.shouldKeepAlive = false
  response.writeHead(refused.status, [...fieldsOf(refused), 'Content-Length', String(Buffer.byteLength(body))])
  response.end(body)
}

/** The same on a socket that has no response: after a parse error, an upgrade, a CONNECT. */
export function refuseSocket(socket: Duplex, refused: Refusal): void {
  socket.end(rawResponse(refused.status, bodyOf(refused), fieldsOf(refused)), () => socket.destroy())
}

function fieldsOf({ status }: Refusal): readonly string[] {
  return status === 503 ? soon : textType
}

function bodyOf({ status, reason }: Refusal): string {
  return reason === '' ? '' : `${STATUS_CODES[status] ?? status}: ${reason}\n`
}
