// One exchange through its handler, and the last-resort answers when the handler gives none.
import type { ServerResponse } from 'node:http'
import type { Exchange, Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { UpstreamError } from '../exchange/upstream-error.ts'

export interface ServeOptions {
  /** Read once per request: the current snapshot's handler. A new snapshot does not touch requests under way. */
  readonly handler: () => Handler
  /**
   * Told of whatever is our own bug; the request gets a 500, the process lives. Without an exchange: the fault is
   * in what looks after all connections.
   */
  readonly onError: (error: unknown, exchange: Exchange | undefined) => void
}

/**
 * Never rejects. An UpstreamError becomes its status with the status text as body, as in Traefik; it is returned for the
 * access line. An answer begun but not ended cannot be replaced, so its connection is cut: it must not look complete.
 */
export async function serve(exchange: Exchange, options: ServeOptions): Promise<UpstreamError | undefined> {
  const { socket } = exchange.request
  const bytesBefore = socket.bytesWritten
  let failure: UpstreamError | undefined
  try {
    await options.handler()(exchange)
    if (exchange.kind === 'http' && !isOver(exchange.response)) throw new Error('the handler settled without an answer')
  } catch (error) {
    if (error instanceof UpstreamError) failure = error
    else options.onError(error, exchange)
    const begun = exchange.kind === 'http' ? exchange.response.headersSent : socket.bytesWritten > bytesBefore
    if (exchange.kind === 'http' && isOver(exchange.response)) return failure
    if (begun || failure?.code === 'client-gone') socket.destroy()
    else respond(exchange, failure?.status ?? 500)
  }
  // An answer instead of a tunnel: node:http no longer watches this socket, and the client need not send a FIN.
  if (exchange.kind === 'upgrade' && socket.writableEnded) socket.destroySoon()
  return failure
}

function isOver(response: ServerResponse): boolean {
  return response.writableEnded || response.destroyed
}
