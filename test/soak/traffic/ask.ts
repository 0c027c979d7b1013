// One request by a well-behaved client, however slow, whose answer is checked to the byte.
import { request } from 'node:http'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { BodyCheck, bodyPieces } from '../noise.ts'
import { cut, timeout, whole, wrong } from './outcome.ts'
import type { Outcome } from './outcome.ts'

export interface Upload {
  readonly bytes: number
  readonly framing: 'length' | 'chunked'
  /** Sent in pieces of this size, with a pause after each. */
  readonly slowly?: { readonly pieceBytes: number; readonly pauseMs: number }
  /** Nothing more after so many bytes. */
  readonly stallsAfter?: number
}

export interface Request {
  readonly port: number
  readonly service: string
  readonly path: string
  readonly method: string
  readonly id: string
  readonly agent: Agent | false
  readonly upload: Upload | undefined
  /** Size of the body that an answer with status 200 has. */
  readonly download: number
  readonly expectsContinue?: boolean
  /** Reads a chunk, then waits; `stallMs`: once, after the first chunk. */
  readonly reading?: { readonly pauseMs: number; readonly stallMs: number }
  readonly timeoutMs: number
}

/** Never rejects. */
export async function ask(wanted: Request): Promise<Outcome> {
  const { port, service, path, method, id, agent, upload, expectsContinue = false } = wanted
  const headers: Record<string, string | number> = { host: `${service}.soak`, 'x-soak-id': id }
  if (upload?.framing === 'length') headers['content-length'] = upload.bytes
  if (upload?.framing === 'chunked') headers['transfer-encoding'] = 'chunked'
  if (expectsContinue) headers['expect'] = '100-continue'
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent })
  const timer = setTimeout(() => {
    resolve(timeout)
    sent.destroy()
  }, wanted.timeoutMs)
  sent.on('error', (error: NodeJS.ErrnoException) => resolve(cut(error.code ?? error.message)))
  let answered = false
  sent.on('close', () => {
    if (!answered) resolve(cut('closed'))
  })
  sent.on('response', (response) => {
    answered = true
    read(response, wanted).then(resolve, (error: NodeJS.ErrnoException) => resolve(cut(error.code ?? error.message)))
  })
  if (upload === undefined) sent.end()
  else if (expectsContinue) {
    sent.flushHeaders()
    sent.once('continue', () => void send(sent, id, upload))
  } else void send(sent, id, upload)
  const outcome = await promise
  clearTimeout(timer)
  // An upload that was answered early need not be finished.
  if (!sent.writableFinished) sent.destroy()
  return outcome
}

async function send(sent: ClientRequest, id: string, { bytes, slowly, stallsAfter }: Upload): Promise<void> {
  let written = 0
  for (const piece of bodyPieces(id, bytes, slowly?.pieceBytes)) {
    if (sent.destroyed) return
    if (!sent.write(piece)) await writable(sent)
    written += piece.length
    if (stallsAfter !== undefined && written >= stallsAfter) return
    if (slowly !== undefined) await delay(slowly.pauseMs)
  }
  if (!sent.destroyed) sent.end()
}

function writable(sent: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      sent.off('drain', done).off('close', done).off('error', done)
      resolve()
    }
    sent.on('drain', done).on('close', done).on('error', done)
  })
}

/** Rejects when the answer does not come to its end. */
async function read(response: IncomingMessage, { id, method, download, reading }: Request): Promise<Outcome> {
  const status = response.statusCode ?? 0
  const echoed = response.headers['x-soak-id']
  const check = new BodyCheck(id, status === 200 && method !== 'HEAD' ? download : 0)
  let stalls = (reading?.stallMs ?? 0) > 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    check.take(chunk)
    if (reading !== undefined) await delay(stalls ? reading.stallMs : reading.pauseMs)
    stalls = false
  }
  if (!response.complete) return cut('incomplete')
  // Muster's own answers echo nothing.
  if (echoed !== undefined && echoed !== id) return wrong(`the answer to ${String(echoed)}`)
  if (status !== 200) return whole(status)
  if (echoed === undefined) return wrong('an answer without an id')
  if (check.fault !== undefined) return wrong(check.fault)
  if (response.headers.trailer !== undefined && response.trailers['x-soak-trailer'] !== id) return wrong('no trailer')
  return whole(status)
}
