// Answers given before there is an exchange. Each ends its connection: what follows a refused request may be its body,
// read as another request.
import { STATUS_CODES } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { rawResponse } from '../exchange/respond.ts'
import type { Refusal } from './request-head.ts'

const textType = ['Content-Type', 'text/plain; charset=utf-8']

export function refuse(response: ServerResponse, refused: Refusal): void {
  const body = bodyOf(refused)
  response.shouldKeepAlive = false
  response.writeHead(refused.status, [...textType, 'Content-Length', String(Buffer.byteLength(body))])
  response.end(body)
}

/** The same on a socket that has no response: after a parse error, an upgrade, a CONNECT. */
export function refuseSocket(socket: Duplex, refused: Refusal): void {
  socket.end(rawResponse(refused.status, bodyOf(refused), textType), () => socket.destroy())
}

function bodyOf({ status, reason }: Refusal): string {
  return reason === '' ? '' : `${STATUS_CODES[status] ?? status}: ${reason}\n`
}
