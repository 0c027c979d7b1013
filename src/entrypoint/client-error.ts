// What node:http's parser refuses, or a client that is too slow with its head: one answer if that cannot be mistaken for
// another request's, then the end of the connection.
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

export function onClientError(error: NodeJS.ErrnoException, socket: Duplex, connection: Connection | undefined): void {
  if (connection === undefined || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  connection.final = true
  const { response } = connection
  const refused = refusalByCode[error.code ?? ''] ?? malformed
  if (response === undefined) {
    refuseSocket(socket, refused)
  } else if (response.req.complete || response.writableEnded) {
    // The fault lies behind a whole request, or in the body of one already answered: that answer is still delivered.
    if (!response.shouldKeepAlive) return
    response.shouldKeepAlive = false
    response.once('finish', () => response.req.socket.destroySoon())
  } else if (response.socket !== null && !response.headersSent) {
    refuseSocket(socket, refused)
  } else {
    socket.destroy()
  }
}
