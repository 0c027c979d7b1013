// The hot path: one HTTP/1.1 exchange over one connection to a member.
import type { ServerResponse } from 'node:http'
import { editedFields } from '../exchange/edited-fields.ts'
import type { HttpExchange } from '../exchange/exchange.ts'
import { canSendBody, KeptBody } from '../exchange/kept-body.ts'
import { UpstreamError, type UpstreamCode } from '../exchange/upstream-error.ts'
import type { ForwardOptions, Member } from '../service/member.ts'
import { connectCarefully } from './careful.ts'
import { cutAnswer, endAnswer, endWith, isCopied, passEarlyHints, passPiece } from './client-answer.ts'
import type { Connection, ConnectionUser } from './connection.ts'
import { Delivery } from './delivery.ts'
import type { HopContext } from './hop-settings.ts'
import type { MemberPool } from './pool.ts'
import { countRelayed } from './relayed-bytes.ts'
import { requestHead } from './request-head.ts'
import { RequestUpload, type UploadOwner } from './request-upload.ts'
import type { ResponseHead } from './response-head.ts'
import type { ResponsePlan } from './response-plan.ts'
import { ResponseReader, type AnswerOwner } from './response-reader.ts'

export class Http1Hop implements ConnectionUser, UploadOwner, AnswerOwner {
  readonly #exchange: HttpExchange
  readonly #response: ServerResponse
  readonly #member: Member
  readonly #pool: MemberPool
  readonly #settings: HopContext
  readonly #delivery: Delivery
  readonly #outcome = Promise.withResolvers<void>()
  readonly #onClientClosed = (): void => this.#clientClosed()
  #settled = false
  #host = ''
  #head = ''
  #connection: Connection | undefined
  #upload: RequestUpload | undefined
  #reader: ResponseReader | undefined
  #timer: NodeJS.Timeout | undefined
  #sentAt = 0
  /** Set once the final head was passed on: from then on a failure can only be shown by cutting the answer. */
  #plan: ResponsePlan | undefined
  /** The head waits for the body's first piece to travel with. */
  #headWaits = false
  /** The client takes no more for now. */
  #stalled = false
  /** The client was given memory of the connection's, not a copy. */
  #lends = false
  /** How many sweeps ago the member last sent something, while the client could take it. */
  #quietSweeps = 0

  constructor(exchange: HttpExchange, member: Member, pool: MemberPool, settings: HopContext) {
    this.#exchange = exchange
    this.#response = exchange.response
    this.#delivery = new Delivery(exchange)
    this.#member = member
    this.#pool = pool
    this.#settings = settings
  }

  /** Sends the request with that Host and passes the answer on. Settles as a Handler does. */
  run(host: string, { retryNonIdempotent, isUnsettled }: ForwardOptions): Promise<void> {
    this.#host = host
    this.#delivery.retryNonIdempotent = retryNonIdempotent
    try {
      this.#head = requestHead(this.#exchange, host, this.#pool.keeps)
    } catch (error) {
      return Promise.reject(error)
    }
    this.#response.on('close', this.#onClientClosed)
    if (this.#response.destroyed) this.#clientClosed()
    else if (!canSendBody(this.#exchange)) {
      this.#delivery.sent = true
      this.#reject('reset', 'the request cannot be repeated, its body has been read')
    } else {
      const idle = this.#delivery.repeats ? this.#pool.take() : undefined
      if (idle === undefined) this.#connect(isUnsettled)
      else this.#use(idle)
    }
    return this.#outcome.promise
  }

  #connect(isUnsettled: () => boolean): void {
    const pool = this.#pool
    void this.#await(this.#delivery.repeats ? pool.connect(this) : connectCarefully(this, pool, isUnsettled))
  }

  async #await(connecting: Promise<Connection>): Promise<void> {
    try {
      const connection = await connecting
      // The client left meanwhile: nothing was sent, so the connection is as good as new.
      if (this.#settled) this.#pool.release(connection)
      else this.#use(connection)
    } catch (error) {
      this.#settle(error)
    }
  }

  #use(connection: Connection): void {
    const { head, framing } = this.#exchange
    this.#connection = connection
    connection.user = this
    this.#sentAt = performance.now()
    connection.write(this.#head)
    // Its close event follows.
    if (connection.writeFailed) return
    this.#delivery.sent = true
    this.#member.row.send(this.#head.length)
    this.#reader = new ResponseReader(head.method, this.#response.useChunkedEncodingByDefault, this.#settings, this)
    if (framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0)) this.onUploaded()
    else {
      this.#exchange.keptBody ??= new KeptBody(this.#settings.replay, this.#response)
      this.#upload = new RequestUpload(this.#exchange, connection, this)
      this.#upload.start()
    }
  }

  onUploadWritten(bytes: number): void {
    this.#member.row.send(bytes)
    countRelayed(bytes)
    this.#delivery.bodyWritten(this.#connection)
  }

  onUploaded(): void {
    const { responseHeaderTimeoutMs } = this.#settings
    if (responseHeaderTimeoutMs === 0 || this.#plan !== undefined) return
    this.#timer = setTimeout(onHeadTimeout, responseHeaderTimeoutMs, this)
  }

  onUploadMismatch(): void {
    this.#fail('reset', 'the request body is not as long as announced')
  }

  onDrained(): void {
    this.#upload?.drained()
  }

  get holdsBytes(): boolean {
    return this.#lends && this.#response.writableLength > 0
  }

  onReceived(bytes: Buffer): void {
    this.#member.row.receive(bytes.length)
    this.#delivery.answerBegins()
    this.#quietSweeps = 0
    this.#reader?.receive(bytes)
    // An event stream's first piece may be minutes away.
    if (this.#headWaits && this.#connection !== undefined) {
      this.#headWaits = false
      // Not flushHeaders(), which writes it as UTF-8: bytes past ASCII would become two.
      this.#response.write('', 'latin1')
    }
  }

  onInterim(head: ResponseHead, plan: ResponsePlan): void {
    if (head.status === 103) passEarlyHints(this.#exchange, plan)
  }

  onHead(head: ResponseHead, plan: ResponsePlan): boolean {
    clearTimeout(this.#timer)
    this.#member.row.answer(head.status, performance.now() - this.#sentAt)
    const response = this.#response
    if (response.headersSent) {
      // Somebody lost patience and answered instead.
      this.#settle(undefined)
      return false
    }
    try {
      response.writeHead(head.status, head.reason, this.#fieldsFor(head.status, plan))
    } catch (error) {
      // The member's fields are vetted: one of ours is bad. It must not surface as an error of this socket.
      this.#settle(error)
      return false
    }
    this.#plan = plan
    this.#headWaits = true
    return true
  }

  /** The member's, ours, and what middlewares make of them. */
  #fieldsFor(status: number, plan: ResponsePlan): string[] {
    const { responseEdits, responseFields } = this.#exchange
    const fields = responseFields.length === 0 ? plan.fields : plan.fields.concat(responseFields)
    if (responseEdits === undefined) return fields
    return editedFields(this.#exchange, { status, fields, origin: { address: this.#member, host: this.#host } })
  }

  onPiece(piece: Buffer, last: boolean): void {
    const response = this.#response
    this.#headWaits = false
    if (response.destroyed) return
    if (!isCopied(piece)) this.#lends = true
    if (last) endWith(response, piece)
    else if (!passPiece(response, piece) && !this.#stalled) this.#waitForClient()
  }

  #waitForClient(): void {
    this.#stalled = true
    this.#connection?.pause()
    this.#response.once('drain', () => {
      this.#stalled = false
      this.#quietSweeps = 0
      this.#connection?.resume()
    })
  }

  onComplete(plan: ResponsePlan, trailers: readonly string[], clean: boolean): void {
    const connection = this.#connection
    const upload = this.#upload
    this.#connection = undefined
    this.#upload = undefined
    endAnswer(this.#response, trailers)
    // An answer to a request that was not read to its end leaves bytes behind that the member may take for the next one.
    const uploaded = upload === undefined || upload.finished
    if (clean && uploaded && plan.persistent && connection?.flushed) this.#pool.release(connection, plan.keepAliveMs)
    else connection?.destroy()
    if (!uploaded) upload.discard()
  }

  onMalformed(reason: string): void {
    this.#fail('malformed-response', reason)
  }

  onEnded(): void {
    if (!this.#reader?.end()) this.onClosed(undefined)
  }

  onClosed(error: Error | undefined): void {
    const delivery = this.#delivery
    if (delivery.mayGoAgain(this.#connection)) {
      // It had closed the idle connection before it saw the request, and may be leaving: once more, on another one.
      this.#abandon()
      delivery.startAnew()
      this.#connect(() => true)
    } else if (delivery.answered) this.#fail('malformed-response', 'the answer was cut short', error)
    else {
      const how = error?.message ?? 'closed without an answer'
      this.#fail('reset', `${how} on a ${this.#connection?.reused ? 'kept' : 'new'} connection`, error)
    }
  }

  onHeadTimeout(): void {
    this.#fail('response-timeout', `no answer within ${this.#settings.responseHeaderTimeoutMs} ms`)
  }

  /** Called every so often while the answer's body is under way: `everyMs`. */
  onSweep(everyMs: number): void {
    const { bodyIdleTimeoutMs } = this.#settings
    if (bodyIdleTimeoutMs === 0 || this.#plan === undefined || this.#stalled) return
    // The first of them may have come right behind a byte.
    if (this.#quietSweeps * everyMs > bodyIdleTimeoutMs) {
      this.#fail('response-timeout', `the answer came to a halt for ${bodyIdleTimeoutMs} ms`)
    } else this.#quietSweeps++
  }

  /** The client's side is over: its answer was sent, or it went away. */
  #clientClosed(): void {
    if (this.#response.headersSent) this.#settle(undefined)
    else this.#reject('client-gone', 'the client went away')
  }

  #fail(code: UpstreamCode, reason: string, cause?: unknown): void {
    if (this.#plan === undefined) return this.#reject(code, reason, cause)
    // Too late to say so: the answer must look cut. The close event that follows settles, and tells nobody whose fault it was.
    this.#member.row.fail()
    this.#abandon()
    cutAnswer(this.#exchange, this.#plan)
  }

  #reject(code: UpstreamCode, reason: string, cause?: unknown): void {
    const message = `forwarding to member "${this.#member.key}": ${reason}`
    this.#settle(new UpstreamError(code, message, { sent: this.#delivery.sent, cause }))
  }

  #settle(error: unknown): void {
    if (this.#settled) return
    this.#settled = true
    this.#response.removeListener('close', this.#onClientClosed)
    if (this.#connection === undefined) this.#pool.leaveLine(this)
    const upload = this.#upload
    this.#abandon()
    // Whoever answers instead does so on a connection where this body still stands before the next request. While it can
    // be sent again its rest is left where it is, for the next member or for `respond`.
    if (error === undefined || this.#exchange.keptBody?.whole !== true) upload?.discard()
    if (error === undefined) this.#outcome.resolve()
    else this.#outcome.reject(error)
  }

  /** Gives the connection up, which may hold half a request or half an answer. */
  #abandon(): void {
    clearTimeout(this.#timer)
    this.#connection?.destroy()
    this.#connection = undefined
    this.#reader = undefined
    this.#upload?.stop()
    this.#upload = undefined
  }
}

function onHeadTimeout(hop: Http1Hop): void {
  hop.onHeadTimeout()
}
