// The engine's answer on its way to the client: as it came, but for environments that are not for this client.
import type { Socket } from 'node:net'
import { bodyOf, relayBody } from './body.ts'
import { CutError, send } from './byte-source.ts'
import type { ByteSource } from './byte-source.ts'
import { readHead } from './message-head.ts'
import { redact, redactedBytesMax } from './redact.ts'
import type { RequestHead } from './request-head.ts'
import { parseResponseHead } from './response-head.ts'
import type { ResponseHead } from './response-head.ts'

/** The connection to the engine that belongs to a client's. */
export interface Upstream {
  readonly socket: Socket
  readonly source: ByteSource
  /** It has carried a request before. */
  hasAnswered: boolean
}

interface Relaying {
  readonly head: RequestHead
  readonly upstream: Upstream
  readonly client: Socket
  readonly redact: boolean
  /** The connection may become a stream of bytes in both directions. */
  readonly mayUpgrade: boolean
}

export type AnswerEnd =
  /** `isLast`: the connection carries no other. */
  | { readonly kind: 'complete'; readonly isLast: boolean }
  | { readonly kind: 'stream' }
  /** The engine closed the connection without a word. */
  | { readonly kind: 'none' }
  /** Not a byte of its answer was passed on. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Rejects with a CutError when the answer breaks off, or when the client does not take it. */
export async function relayAnswer(relaying: Relaying): Promise<AnswerEnd> {
  const { head, upstream, client, mayUpgrade } = relaying
  for (;;) {
    const answer = await nextHead(relaying)
    if ('kind' in answer) return answer
    const { status, bytes, isLast } = answer
    if (status === 101) {
      if (!mayUpgrade || !head.wantsUpgrade) return refused('the Docker engine upgraded a connection unasked')
      await send(client, bytes)
      return { kind: 'stream' }
    }
    if (status < 200) {
      await send(client, bytes)
      continue
    }
    if (relaying.redact && status === 200 && answer.body !== 'none') return relayRedacted(relaying, answer)
    await send(client, bytes)
    if (answer.isRawStream && mayUpgrade && head.method === 'POST') return { kind: 'stream' }
    await relayBody(upstream.source, client, answer.body)
    return { kind: 'complete', isLast }
  }
}

async function nextHead({ head, upstream }: Relaying): Promise<ResponseHead | AnswerEnd> {
  const bytes = await readHead(upstream.source).catch(emptyIfCut)
  if (bytes === undefined) return { kind: 'none' }
  if ('flaw' in bytes) return refused(`the answer of the Docker engine cannot be read: ${bytes.flaw}`)
  const answer = parseResponseHead(bytes, head.method)
  return 'flaw' in answer ? refused(`the answer of the Docker engine cannot be read: ${answer.flaw}`) : answer
}

async function relayRedacted({ upstream, client }: Relaying, { body, isLast }: ResponseHead): Promise<AnswerEnd> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of bodyOf(upstream.source, body)) {
    bytes += chunk.length
    if (bytes > redactedBytesMax) return refused('the inspection is too long to be shown without its secrets')
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  const json = redact((body === 'chunked' ? unchunked(whole) : whole).toString())
  if (json === undefined) return refused('the inspection cannot be read, so its secrets cannot be left out')
  const length = `Content-Length: ${Buffer.byteLength(json)}`
  const connection = isLast ? 'Connection: close\r\n' : ''
  await send(client, `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${length}\r\n${connection}\r\n${json}`)
  return { kind: 'complete', isLast }
}

/** A chunked body that was scanned already. */
function unchunked(body: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}

function emptyIfCut(error: unknown): undefined {
  if (!(error instanceof CutError)) throw error
}

function refused(reason: string): AnswerEnd {
  return { kind: 'refused', reason }
}
