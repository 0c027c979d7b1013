// The answers Muster writes itself, for both kinds of exchange.
import { STATUS_CODES } from 'node:http'
import { editedFields } from './edited-fields.ts'
import type { Exchange } from './exchange.ts'
import { discardBody } from './request-body.ts'

/**
 * Answers with a short text, as Traefik does (`404 page not found`), or any body and type. Does nothing once an answer
 * was begun: a second one on the same connection would be read as the answer to the next request.
 */
export function respond(
  exchange: Exchange,
  status: number,
  body: string = STATUS_CODES[status] ?? '',
  fields: readonly string[] = ['Content-Type', 'text/plain; charset=utf-8'],
): void {
  if (exchange.kind === 'http') {
    const { request, response, keptBody } = exchange
    if (response.headersSent || response.destroyed) return
    const bytes = asBytes(body)
    response.writeHead(status, [...answerFields(exchange, status, fields), 'Content-Length', String(bytes.length)])
    // node:http writes the head in the encoding of what comes first.
    response.end(bytes, 'latin1')
    // A body that an attempt began to read stands before the next request, and node:http drops only untouched ones.
    if (keptBody?.whole !== true) request.resume()
    else {
      keptBody.drop()
      discardBody(request)
    }
    return
  }
  const { socket } = exchange
  if (socket.destroyed || socket.writableEnded) return
  exchange.record.status = status
  socket.end(rawResponse(status, body, answerFields(exchange, status, fields)), 'latin1')
}

/** With what services and middlewares add to every answer. */
export function answerFields(exchange: Exchange, status: number, fields: readonly string[]): readonly string[] {
  const { responseEdits, responseFields } = exchange
  if (responseEdits === undefined) return responseFields.length === 0 ? fields : [...fields, ...responseFields]
  return editedFields(exchange, { status, fields: [...fields, ...responseFields], origin: undefined })
}

/** A whole HTTP/1.1 answer, one character per byte, for a socket that has no ServerResponse. Closes the connection. */
export function rawResponse(status: number, body: string, fields: readonly string[] = []): string {
  const bytes = asBytes(body)
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`]
  for (let i = 0; i < fields.length; i += 2) lines.push(`${fields[i]}: ${fields[i + 1]}`)
  lines.push(`Content-Length: ${bytes.length}`, 'Connection: close', '', '')
  return lines.join('\r\n') + bytes
}

/** In UTF-8, one character per byte. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}
