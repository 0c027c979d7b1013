// The body of a request that Muster answers itself: small, whole, and in UTF-8; and one that nobody wants.
import type { IncomingMessage } from 'node:http'
import type { Exchange } from './exchange.ts'

/** `status`: what to answer; undefined: nobody is left to be answered. */
export type ReadBody =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 413 | undefined; readonly reason: string }

const bytesMax = 65_536
/**
 * How much of a body nobody wants is read and dropped, so that the client gets round to reading its answer. Past that
 * its connection is closed.
 */
const discardBytesMax = 4 * 1024 * 1024
const tooLarge: ReadBody = { ok: false, status: 413, reason: `the body is larger than ${bytesMax} bytes` }
const gone: ReadBody = { ok: false, status: undefined, reason: 'the client left' }

/** Never rejects. What is too large is not read to its end. */
export async function readBody({ request, framing }: Exchange): Promise<ReadBody> {
  if (framing.kind === 'none') return { ok: true, text: '' }
  if (request.destroyed) return gone
  if (framing.kind === 'length' && framing.bytes > bytesMax) return tooLarge
  const pieces: Buffer[] = []
  let bytes = 0
  const { promise, resolve } = Promise.withResolvers<ReadBody>()
  const onData = (piece: Buffer): void => {
    bytes += piece.length
    if (bytes > bytesMax) {
      request.pause()
      resolve(tooLarge)
    } else pieces.push(piece)
  }
  request.on('data', onData)
  request.once('end', () => resolve(decoded(Buffer.concat(pieces))))
  // After 'end' it is no news.
  request.once('error', () => resolve(gone))
  request.once('close', () => resolve(gone))
  const body = await promise
  request.off('data', onData)
  return body
}

/** Reads what is left of a body and drops it: the answer is on its way, and the client's next request stands behind it. */
export function discardBody(request: IncomingMessage): void {
  let discarded = 0
  request.on('data', (piece: Buffer) => {
    discarded += piece.length
    if (discarded > discardBytesMax) request.destroy()
  })
  request.resume()
}

function decoded(bytes: Buffer): ReadBody {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes) }
  } catch {
    return { ok: false, status: 400, reason: 'the body is not UTF-8' }
  }
}
