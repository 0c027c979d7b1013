// A client that sends exactly the bytes it is given, and an entrypoint that keeps what it was asked.
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { entrypointDefaults } from '../../../src/settings/limits.ts'
import type { EntrypointLimits } from '../../../src/settings/limits.ts'
import { openEntrypoint } from '../../../src/entrypoint/entrypoint.ts'
import type { Entrypoint, EntrypointOptions } from '../../../src/entrypoint/entrypoint.ts'
import type { EntryPointSettings } from '../../../src/settings/settings.ts'
import { byDefault } from '../../support/entrypoint-options.ts'
import type { Exchange, Handler } from '../../../src/exchange/exchange.ts'
import { respond } from '../../../src/exchange/respond.ts'

export interface Answer {
  readonly status: number
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, string>
  readonly body: string
}

export class RawClient {
  readonly socket: Socket
  /** Settles when the server has closed, whether politely or by a reset. */
  readonly closed: Promise<unknown>
  #received = ''
  #ended = false
  #wake: () => void = () => undefined

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.setEncoding('latin1')
    this.socket.on('error', () => undefined)
    this.socket.on('data', (text: string) => {
      this.#received += text
      this.#wake()
    })
    const end = (): void => {
      this.#ended = true
      this.#wake()
    }
    this.socket.on('end', end)
    this.socket.on('close', end)
    this.closed = new Promise((resolve) => {
      this.socket.once('end', resolve)
      this.socket.once('close', resolve)
    })
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** The next answer, read by its Content-Length; an interim answer has no body. */
  async answer(): Promise<Answer> {
    await this.#until(() => this.#received.includes('\r\n\r\n'))
    const end = this.#received.indexOf('\r\n\r\n')
    const [statusLine = '', ...lines] = this.#received.slice(0, end).split('\r\n')
    const fields = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    )
    const bodyEnd = end + 4 + Number(fields.get('content-length') ?? 0)
    await this.#until(() => this.#received.length >= bodyEnd)
    const body = this.#received.slice(end + 4, bodyEnd)
    this.#received = this.#received.slice(bodyEnd)
    return { status: Number(statusLine.split(' ')[1]), fields, body }
  }

  /** What came after the answers taken so far, until the server closed. */
  async rest(): Promise<string> {
    await this.closed
    return this.#received
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      assert(!this.#ended, `the server closed after ${JSON.stringify(this.#received)}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

export interface Recording extends AsyncDisposable {
  readonly entrypoint: Entrypoint
  readonly exchanges: Exchange[]
  /** Settles with the next exchange to reach the handler. */
  nextExchange(): Promise<Exchange>
  readonly errors: unknown[]
  client(): RawClient
  /** One request on a connection of its own. */
  ask(text: string): Promise<Answer>
}

interface RecordOptions extends Partial<Omit<EntrypointOptions, keyof typeof byDefault>> {
  readonly forwardedHeaders?: Partial<EntryPointSettings['forwardedHeaders']>
  readonly paths?: Partial<EntryPointSettings['paths']>
  readonly proxyProtocol?: EntryPointSettings['proxyProtocol']
  readonly limits?: Partial<EntrypointLimits>
}

/** Opens an entrypoint whose handler keeps each exchange; unless told otherwise it answers 200 with the path. */
export async function record(
  { limits, forwardedHeaders, paths, proxyProtocol, ...options }: RecordOptions = {},
  handle: Handler = answerPath,
): Promise<Recording> {
  const exchanges: Exchange[] = []
  const errors: unknown[] = []
  const arrivals = new EventEmitter()
  const handler: Handler = (exchange) => {
    exchanges.push(exchange)
    arrivals.emit('exchange', exchange)
    return handle(exchange)
  }
  const entrypoint = await openEntrypoint({
    name: 'web',
    host: '127.0.0.1',
    port: 0,
    handler: () => handler,
    onError: (error) => errors.push(error),
    ...options,
    proxyProtocol,
    forwardedHeaders: { ...byDefault.forwardedHeaders, ...forwardedHeaders },
    paths: { ...byDefault.paths, ...paths },
    limits: { ...entrypointDefaults, ...limits },
  })
  const client = (): RawClient => new RawClient(entrypoint.port)
  return {
    entrypoint,
    exchanges,
    errors,
    client,
    async nextExchange() {
      const [exchange] = (await once(arrivals, 'exchange')) as [Exchange]
      return exchange
    },
    async ask(text) {
      using asking = client()
      return await asking.send(text).answer()
    },
    async [Symbol.asyncDispose]() {
      await entrypoint.close(0)
    },
  }
}

export async function answerPath(exchange: Exchange): Promise<void> {
  respond(exchange, 200, exchange.path)
}

/** A field of the member's request, by any case; undefined when absent. */
export function field(exchange: Exchange | undefined, name: string): string | undefined {
  assert(exchange)
  const { fields } = exchange
  const at = fields.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name.toLowerCase())
  return at === -1 ? undefined : fields[at + 1]
}

export function names(exchange: Exchange | undefined): string[] {
  assert(exchange)
  return exchange.fields.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
}

/** `Name: value` lines → names and values in turn, as node:http's rawHeaders. */
export function raw(lines: string): string[] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => line.trim().split(': '))
}
