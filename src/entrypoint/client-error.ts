// What node:http's parser refuses, and clients too slow with a head or a body: one answer if that cannot be mistaken for
// another request's, then the end of the connection.
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connection } from './connections.ts'
import { refuseSocket } from './refuse.ts'
import { refusal } from './request-head.ts'
import type { Refusal } from './request-head.ts'

const refusalByCode: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: refusal(431, 'the header is too large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: refusal(413, 'chunk extensions are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: refusal(408, 'the request head took too long'),
}
const malformed = refusal(400, 'the request is malformed')
const slowBody = refusal(408, 'the request body took too long')

/** Returns the status of an answer that belongs to no request known so far. */
export function onClientError(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  connection: Connection | undefined,
): number | undefined {
  if (connection === undefined || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return undefined
  }
  connection.final = true
  const { response } = connection
  const refused = refusalByCode[error.code ?? ''] ?? malformed
  if (response === undefined) {
    refuseSocket(socket, refused)
    return refused.status
  }
  if (response.req.complete || response.writableEnded) {
    // The fault lies behind a whole request, or in the body of one already answered: that answer is still delivered.
    endAfter(response)
  } else if (connection.answering !== undefined && connection.answering !== response) {
    // It lies in the body of a request whose turn has not come.
    connection.broken = response
    endAfter(connection.answering)
  } else refuseBody(connection, refused)
  return undefined
}

function endAfter(response: ServerResponse): void {
  if (!response.shouldKeepAlive) return
  response.shouldKeepAlive = false
  response.once('finish', () => response.req.socket.destroySoon())
}

/** The same for a body whose sender the sweep has lost patience with. */
export function cutSlowBody(connection: Connection): void {
  connection.final = true
  refuseBody(connection, slowBody)
}

/** Only where nothing was answered yet, and not behind the answer to an earlier request. */
function refuseBody(connection: Connection, refused: Refusal): void {
  const { response, socket } = connection
  if (response === undefined || response.socket === null || response.headersSent) {
    socket.destroy()
    return
  }
  connection.told = refused.status
  refuseSocket(socket, refused)
}
