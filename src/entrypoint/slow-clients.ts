// Clients that hold a connection by sending or reading next to nothing: found by looking again and again, never by a timer
// per request. What is a client's doing and what is ours is told apart here.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { EntrypointLimits } from '../settings/limits.ts'

/** What the sweep looks at; a Connection has it. */
export interface Watched {
  readonly socket: WatchedSocket
  readonly response: object | undefined
  upload: Pick<IncomingMessage, 'complete' | 'destroyed'> | undefined
  readonly uploadFrom: number
  watch: Watch | undefined
  readonly upgraded: boolean
}

export type WatchedSocket = Pick<
  Socket,
  'bytesRead' | 'bytesWritten' | 'isPaused' | 'writableEnded' | 'writableLength'
> & {
  /** Node's own, not in its types: see `queuedBytes`. */
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

/** What was seen the last time, and for how long it has been so. */
export interface Watch {
  upload: object | undefined
  /** How long the sender of the body has had the floor; the times we made it wait are not in it. */
  uploadMs: number
  read: number
  silentMs: number
  response: object | undefined
  answerMs: number
  written: number
  queued: number
  stalledMs: number
}

type WatchLimits = Pick<
  EntrypointLimits,
  'readTimeoutMs' | 'minBodyRate' | 'bodyGraceMs' | 'sendTimeoutMs' | 'writeTimeoutMs'
>

/** Which patience a client has used up by now; undefined: none. A limit of 0 is never reached. */
export function look(
  connection: Watched,
  elapsedMs: number,
  limits: WatchLimits,
): 'slow-body' | 'slow-answer' | undefined {
  const { socket, response } = connection
  if (connection.upload?.complete === true || connection.upload?.destroyed === true) connection.upload = undefined
  // Both ends of a tunnel may be silent for as long as they like.
  const isTunnel = connection.upgraded && !socket.writableEnded
  if ((connection.upload === undefined && response === undefined && socket.writableLength === 0) || isTunnel) {
    connection.watch = undefined
    return undefined
  }
  const watch = (connection.watch ??= newWatch())
  if (connection.upload !== undefined && isSlowBody(connection, watch, elapsedMs, limits)) return 'slow-body'
  if (isStalled(socket, watch, elapsedMs, limits.sendTimeoutMs)) return 'slow-answer'
  if (isLongAnswer(response, watch, elapsedMs, limits.writeTimeoutMs)) return 'slow-answer'
  return undefined
}

function newWatch(): Watch {
  return {
    upload: undefined,
    uploadMs: 0,
    read: -1,
    silentMs: 0,
    response: undefined,
    answerMs: 0,
    written: -1,
    queued: 0,
    stalledMs: 0,
  }
}

/** Traefik's readTimeout between two pieces; and on the whole, as Apache's MinRate: time is bought with bytes. */
function isSlowBody(
  { socket, upload, uploadFrom }: Watched,
  watch: Watch,
  elapsedMs: number,
  limits: WatchLimits,
): boolean {
  const read = socket.bytesRead
  if (watch.upload !== upload) {
    watch.upload = upload
    watch.uploadMs = 0
    watch.silentMs = 0
  } else if (socket.isPaused()) {
    // The member takes no more for now: back-pressure is our doing.
    watch.silentMs = 0
  } else {
    watch.uploadMs += elapsedMs
    watch.silentMs = read === watch.read ? watch.silentMs + elapsedMs : 0
  }
  watch.read = read
  const { readTimeoutMs, minBodyRate, bodyGraceMs } = limits
  if (readTimeoutMs > 0 && watch.silentMs >= readTimeoutMs) return true
  return (read - uploadFrom) * 1000 < minBodyRate * (watch.uploadMs - bodyGraceMs)
}

/** There is something for the client, and not one byte of it went. */
function isStalled(socket: WatchedSocket, watch: Watch, elapsedMs: number, sendTimeoutMs: number): boolean {
  const written = socket.bytesWritten
  const queued = queuedBytes(socket)
  const sameAsBefore = socket.writableLength > 0 && queued === watch.queued && written === watch.written
  watch.stalledMs = sameAsBefore ? watch.stalledMs + elapsedMs : 0
  watch.queued = queued
  watch.written = written
  return sendTimeoutMs > 0 && watch.stalledMs >= sendTimeoutMs
}

function isLongAnswer(response: object | undefined, watch: Watch, elapsedMs: number, writeTimeoutMs: number): boolean {
  watch.answerMs = response !== undefined && watch.response === response ? watch.answerMs + elapsedMs : 0
  watch.response = response
  return writeTimeoutMs > 0 && watch.answerMs >= writeTimeoutMs
}

/**
 * Bytes handed to the system that the kernel has not taken. Not public, but what node's own socket timeout goes by: a
 * large write to a slow reader shows no other sign of progress until all of it is gone.
 */
function queuedBytes({ _handle }: WatchedSocket): number {
  return _handle?.writeQueueSize ?? 0
}
