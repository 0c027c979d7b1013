// The engine's own socket: connections to it, and one warning when there are none to be had.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Logger } from '../observability/logger.ts'
import { shown } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'

const connectTimeoutMs = 5000

export class Engine {
  readonly endpoint: Endpoint
  readonly #log: Logger
  #isLost = false

  constructor(endpoint: Endpoint, log: Logger) {
    this.endpoint = endpoint
    this.#log = log
  }

  /** A connection, or the sentence that says why there is none. */
  async dial(): Promise<Socket | string> {
    const { promise, resolve } = Promise.withResolvers<Socket | string>()
    const socket = connect({ ...this.endpoint, allowHalfOpen: true, noDelay: true })
    const timer = setTimeout(
      () => resolve(this.#lost(`no answer within ${connectTimeoutMs / 1000} s`)),
      connectTimeoutMs,
    )
    const onError = (error: NodeJS.ErrnoException) => resolve(this.#lost(error.code ?? error.message))
    socket.once('error', onError)
    socket.once('connect', () => resolve(socket))
    const dialled = await promise
    clearTimeout(timer)
    // Whoever has it now listens to it.
    if (typeof dialled === 'string') socket.on('error', () => undefined).destroy()
    else this.#found()
    return dialled
  }

  #lost(reason: string): string {
    const sentence = `no Docker engine answers at ${shown(this.endpoint)} (${reason})`
    if (!this.#isLost)
      this.#log.warn({ reason }, `the Docker API socket: ${sentence}; calls are answered 502 until it does`)
    this.#isLost = true
    return sentence
  }

  #found(): void {
    if (this.#isLost) this.#log.info({}, 'the Docker API socket: the engine answers again')
    this.#isLost = false
  }
}
