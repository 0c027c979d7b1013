// Server-sent events of one data-plane thread. A stream is a question that is asked again and again: what is new becomes
// its next piece. A client that reads slowly is asked for less often, never buffered for.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { HttpExchange } from './exchange.ts'
import type { InternalAnswer } from './internal.ts'
import { answerFields, respond } from './respond.ts'

type AskAgain = (query: string) => Promise<InternalAnswer>

/** Each costs a question several times a second: enough for every screen in the office. */
const streamsMax = 64
/** A proxy on the way would take a silent connection for a dead one. */
const silentMaxMs = 15_000
/** When a browser comes back after a stop. */
const retryMs = 2000

/** nginx would keep the pieces until there are many. */
const unbuffered = ['X-Accel-Buffering', 'no']

export class EventStreams implements Disposable {
  readonly #stopping = new AbortController()
  #open = 0

  /** Settles when the stream is over. `first`: what it begins with. */
  async run(exchange: HttpExchange, first: InternalAnswer, askAgain: AskAgain): Promise<void> {
    const { response } = exchange
    // It left while the question was on its way.
    if (response.destroyed) return
    if (this.#stopping.signal.aborted || this.#open >= streamsMax) {
      const reason = this.#stopping.signal.aborted ? 'Muster stops' : `there are ${streamsMax} event streams already`
      respond(exchange, 503, `${reason}\n`, ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '2'])
      return
    }
    this.#open++
    const gone = new AbortController()
    const onClose = (): void => gone.abort()
    response.once('close', onClose)
    const over = AbortSignal.any([gone.signal, this.#stopping.signal])
    try {
      // Nothing follows on this connection: a stop need not wait for it.
      response.shouldKeepAlive = false
      response.writeHead(first.status, [...answerFields(exchange, first.status, [...first.fields, ...unbuffered])])
      await stream(response, first, askAgain, over)
    } finally {
      this.#open--
      response.off('close', onClose)
    }
    // Whoever has not read the last piece by now would hold up a stop.
    if (response.writableNeedDrain) response.destroy()
    else response.end(`retry: ${retryMs}\n\n`)
  }

  /** Ends every stream now, with a hint to come back; there are no more from here on. */
  [Symbol.dispose](): void {
    this.#stopping.abort()
  }
}

async function stream(
  response: ServerResponse,
  first: InternalAnswer,
  askAgain: AskAgain,
  over: AbortSignal,
): Promise<void> {
  let answer = first
  let lastWriteAt = performance.now()
  for (;;) {
    const silent = performance.now() - lastWriteAt >= silentMaxMs
    const piece = answer.body === '' && silent ? ': \n\n' : answer.body
    if (piece !== '') {
      lastWriteAt = performance.now()
      // As bytes: node:http writes the head in the encoding of a text that comes first.
      if (!response.write(Buffer.from(piece)) && !(await drained(response, over))) return
    }
    const { again } = answer
    if (again === undefined || !(await passed(again.afterMs, over))) return
    answer = await askAgain(again.query)
    if (over.aborted) return
  }
}

/** False: it is over. */
async function drained(response: ServerResponse, over: AbortSignal): Promise<boolean> {
  return held(once(response, 'drain', { signal: over }), over)
}

async function passed(ms: number, over: AbortSignal): Promise<boolean> {
  return held(delay(ms, undefined, { signal: over }), over)
}

async function held(promise: Promise<unknown>, over: AbortSignal): Promise<boolean> {
  try {
    await promise
    return !over.aborted
  } catch {
    // A connection that fails is closed in the next moment.
    return false
  }
}
