// One client: its requests, one after the other, over one connection to the engine of its own. What one side does to its
// connection (a half-close, an end, a break) happens to the other one too, so that both behave as without anybody between.
import type { Socket } from 'node:net'
import { judge } from './allow.ts'
import type { Mode, Verdict } from './allow.ts'
import { answer } from './answer.ts'
import { relayBody } from './body.ts'
import { pageRefusal } from './browser.ts'
import { ByteSource, CutError, finish, send } from './byte-source.ts'
import { ChunkError } from './chunk-scanner.ts'
import type { Engine } from './engine.ts'
import type { Hold } from './hold.ts'
import { readHead } from './message-head.ts'
import { parseRequestHead } from './request-head.ts'
import type { RequestHead } from './request-head.ts'
import { relayAnswer } from './relay-answer.ts'
import type { Upstream } from './relay-answer.ts'
import { stopCall } from './stop-call.ts'

export interface ConnectionOptions {
  readonly mode: Mode
  /** Web pages reach it too. */
  readonly isOnTcp: boolean
  readonly engine: Engine
  /** Undefined: nothing is held. */
  readonly hold: Hold | undefined
}

/** How long a client may take to see the end of what it was told, and stop sending. */
const lingerMs = 1000

export class Connection {
  readonly #client: Socket
  readonly #source: ByteSource
  readonly #options: ConnectionOptions
  #upstream: Upstream | undefined
  #isIdle = true
  #isStopping = false

  constructor(client: Socket, options: ConnectionOptions) {
    this.#client = client
    this.#source = new ByteSource(client)
    this.#options = options
  }

  /** Settles when both connections are closed. Rejects only with a mistake of our own. */
  async run(): Promise<void> {
    try {
      while (await this.#serveNext());
      await this.#linger()
    } catch (error) {
      // Whoever broke it knows; anything else is our own mistake.
      if (!(error instanceof CutError) && !(error instanceof ChunkError)) throw error
    } finally {
      this.destroy()
    }
  }

  /** Ends it after the request under way, at once when there is none. */
  stop(): void {
    this.#isStopping = true
    if (this.#isIdle) this.destroy()
  }

  destroy(): void {
    this.#client.destroy()
    this.#upstream?.socket.destroy()
  }

  /** True when another request may follow. */
  async #serveNext(): Promise<boolean> {
    if (this.#isStopping) return false
    this.#isIdle = true
    // An engine that closes an idle connection closes the client's: it will not send its next request into the void.
    using _ = this.#upstream?.source.onOver(() => this.#isIdle && this.#client.destroySoon())
    const bytes = await readHead(this.#source)
    this.#isIdle = false
    if (bytes === undefined) return false
    if ('flaw' in bytes) return this.#refuse(400, `this request is not taken: ${bytes.flaw}`)
    const head = parseRequestHead(bytes)
    if ('flaw' in head) return this.#refuse(400, `this request is not taken: ${head.flaw}`)
    const { mode, isOnTcp } = this.#options
    const pageReason = isOnTcp ? pageRefusal(head) : undefined
    const verdict: Verdict = pageReason === undefined ? judge(head, mode) : { kind: 'refuse', reason: pageReason }
    if (verdict.kind === 'refuse')
      return this.#refuse(403, `refused by Muster's Docker API socket: ${verdict.reason}`, head)
    if (!(await this.#isLetGo(head))) return false
    const dialled = await this.#dial()
    if (typeof dialled === 'string') return this.#refuse(502, dialled, head)
    return await this.#exchange(head, dialled, verdict.redact)
  }

  /** False: its client is gone meanwhile. */
  async #isLetGo(head: RequestHead): Promise<boolean> {
    const { hold } = this.#options
    const call = hold && stopCall(head)
    if (hold === undefined || call === undefined) return true
    const gone = new AbortController()
    using _ = this.#source.onOver(() => gone.abort())
    // Awaited here: only then does it stay under watch.
    return await hold(call, gone.signal)
  }

  async #dial(): Promise<Upstream | string> {
    if (this.#upstream !== undefined) return this.#upstream
    const socket = await this.#options.engine.dial()
    if (typeof socket === 'string') return socket
    this.#upstream = { socket, source: new ByteSource(socket), hasAnswered: false }
    if (this.#client.destroyed) throw new CutError('the client is gone')
    return this.#upstream
  }

  async #exchange(head: RequestHead, upstream: Upstream, redact: boolean): Promise<boolean> {
    const { socket } = upstream
    let isSent = false
    const passEnd = (): void => {
      if (isSent && this.#source.state === 'ended' && this.#source.isEmpty) socket.end()
    }
    // The engine gives up what nobody waits for when it sees the end of its connection: a wait, a log that is followed.
    using onOver = this.#source.onOver(() => {
      if (this.#source.state === 'cut') socket.destroy()
      else passEnd()
    })
    const send = async (): Promise<void> => {
      await this.#sendRequest(head, upstream)
      isSent = true
      passEnd()
    }
    const sending = send()
    // Its failure shows in the answer: there is none, or the engine had heard enough.
    sending.catch(() => undefined)
    const end = await relayAnswer({
      head,
      upstream,
      client: this.#client,
      redact,
      mayUpgrade: this.#options.mode === 'full',
    })
    if (end.kind === 'none') return this.#tellNothing(head, upstream)
    if (end.kind === 'refused') return this.#refuse(502, end.reason, head)
    if (end.kind === 'stream') {
      onOver[Symbol.dispose]()
      await this.#tunnel(upstream, sending)
      return false
    }
    if (end.isLast) return false
    await sending
    upstream.hasAnswered = true
    return true
  }

  /** On a connection that was used before, it may have been closed just then: an end is what clients try again after. */
  async #tellNothing(head: RequestHead, { hasAnswered }: Upstream): Promise<false> {
    return hasAnswered ? false : this.#refuse(502, 'the Docker engine closed the connection without an answer', head)
  }

  async #sendRequest({ bytes, body }: RequestHead, { socket }: Upstream): Promise<void> {
    await send(socket, bytes)
    try {
      await relayBody(this.#source, socket, body)
    } catch (error) {
      // Half a request is none. But an engine that closed its end may have said why.
      if (this.#source.state !== 'open' || error instanceof ChunkError) socket.destroy()
      throw error
    }
  }

  async #tunnel({ socket, source }: Upstream, sending: Promise<void>): Promise<void> {
    const inward = async (): Promise<void> => {
      await sending
      await relayBody(this.#source, socket, 'until-close')
      await finish(socket)
    }
    const outward = async (): Promise<void> => {
      await relayBody(source, this.#client, 'until-close')
      await finish(this.#client)
    }
    await Promise.all([inward(), outward()])
  }

  async #refuse(status: 400 | 403 | 502, message: string, head?: RequestHead): Promise<false> {
    await send(this.#client, answer(status, message, head?.method ?? 'GET'))
    return false
  }

  /** What it still sends is read and dropped: to close over unread bytes would take back the answer. */
  async #linger(): Promise<void> {
    this.#upstream?.socket.destroy()
    await finish(this.#client)
    const timer = setTimeout(() => this.#client.destroy(), lingerMs)
    try {
      while ((await this.#source.read()) !== undefined);
    } finally {
      clearTimeout(timer)
    }
  }
}
