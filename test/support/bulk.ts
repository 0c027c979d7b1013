// Bodies too large to hold: sent and counted piece by piece, so that this process stays small whatever passes through.
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

export interface Target {
  readonly port: number
  /** The Host field. */
  readonly host: string
  readonly path: string
}

const address = '127.0.0.1'
const piece = Buffer.alloc(64 * 1024, 'muster')

/** Uploads a body of that many bytes with a Content-Length; returns the answer's status and body. */
export async function upload(target: Target, bytes: number): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  const { port, path, host } = target
  const headers = { host, 'content-length': bytes }
  const sent = request({ host: address, port, path, method: 'POST', headers }, (response) => {
    buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, body: body.toString() }), reject)
  })
  sent.on('error', reject)
  const [answer] = await Promise.all([promise, pipeline(Readable.from(pieces(bytes)), sent)])
  return answer
}

/** Downloads a body and forgets it; returns the status and the number of bytes that came. */
export async function download(target: Target): Promise<{ status: number; bytes: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; bytes: number }>()
  const { port, path, host } = target
  const sent = request({ host: address, port, path, headers: { host } }, (response) => {
    let bytes = 0
    response.on('data', (chunk: Buffer) => (bytes += chunk.length))
    response.on('error', reject)
    response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }))
  })
  sent.on('error', reject)
  sent.end()
  return promise
}

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece
}
