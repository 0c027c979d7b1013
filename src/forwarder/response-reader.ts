// Reads one answer from the bytes of a connection: interim heads, the final head, the body, and whatever stands after it.
import type { BodySink, ResponseBody } from './body.ts'
import { responseBody } from './response-body.ts'
import { malformed, parseResponseHead, type HeadLimits, type Malformed, type ResponseHead } from './response-head.ts'
import { planResponse, type ResponsePlan } from './response-plan.ts'

export interface AnswerOwner extends BodySink {
  onInterim(head: ResponseHead, plan: ResponsePlan): void
  /** The final head. False: the rest is not wanted. */
  onHead(head: ResponseHead, plan: ResponsePlan): boolean
  /** The answer is complete. `clean`: no byte came after it. */
  onComplete(plan: ResponsePlan, trailers: readonly string[], clean: boolean): void
  /** What the member sends is not an answer; nothing more is read. */
  onMalformed(reason: string): void
}

/** Interim answers (1xx) one request may get before it is clear that no other will follow. */
const interimMax = 32
const partialBytesMin = 1024

export class ResponseReader {
  readonly #method: string
  readonly #chunkedToClient: boolean
  readonly #limits: HeadLimits
  readonly #owner: AnswerOwner
  /** The beginning of a head whose end has not come, in memory with room for more. */
  #partial: Buffer | undefined
  #partialBytes = 0
  #interims = 0
  #plan: ResponsePlan | undefined
  #body: ResponseBody | undefined

  constructor(method: string, chunkedToClient: boolean, limits: HeadLimits, owner: AnswerOwner) {
    this.#method = method
    this.#chunkedToClient = chunkedToClient
    this.#limits = limits
    this.#owner = owner
  }

  /** The bytes may change once it has returned, save those handed on as pieces. */
  receive(bytes: Buffer): void {
    if (this.#body === undefined) this.#readHead(bytes)
    else this.#readBody(this.#body, bytes)
  }

  /** The member closed its side in good order. True: that was the end of the body. */
  end(): boolean {
    if (this.#plan?.body.kind !== 'until-close') return false
    this.#owner.onComplete(this.#plan, [], true)
    return true
  }

  #readHead(chunk: Buffer): void {
    let scanned = this.#partialBytes
    let bytes = scanned === 0 ? chunk : this.#keep(chunk)
    for (;;) {
      const head = parseResponseHead(bytes, scanned, this.#limits)
      if (head === undefined) {
        // What was kept before may have been one head and the beginning of this one.
        if (scanned === 0) {
          this.#partialBytes = 0
          this.#keep(bytes)
        }
        return
      }
      if (head.kind === 'malformed') return this.#owner.onMalformed(head.reason)
      bytes = bytes.subarray(head.bytes)
      if (head.status >= 200) return this.#begin(head, bytes)
      // RFC 9110 section 15.2.2: nobody asked for another protocol here.
      if (head.status === 101) return this.#owner.onMalformed('it switched protocols unasked')
      if (++this.#interims > interimMax) return this.#owner.onMalformed('interim answers without end')
      const plan = planInterim(head, this.#method)
      if (plan.kind === 'malformed') return this.#owner.onMalformed(plan.reason)
      this.#owner.onInterim(head, plan)
      scanned = 0
    }
  }

  /** Copies `chunk` behind what is kept; returns all of it. Grows by doubling, for a member that sends byte by byte. */
  #keep(chunk: Buffer): Buffer {
    const length = this.#partialBytes + chunk.length
    if (this.#partial === undefined || this.#partial.length < length || this.#partialBytes === 0) {
      const grown = Buffer.allocUnsafe(Math.max(partialBytesMin, 2 * length))
      this.#partial?.copy(grown, 0, 0, this.#partialBytes)
      this.#partial = grown
    }
    chunk.copy(this.#partial, this.#partialBytes)
    this.#partialBytes = length
    return this.#partial.subarray(0, length)
  }

  #begin(head: ResponseHead, rest: Buffer): void {
    const plan = planResponse(head, this.#method, this.#chunkedToClient)
    if (plan.kind === 'malformed') return this.#owner.onMalformed(plan.reason)
    this.#plan = plan
    this.#body = responseBody(plan.body)
    if (this.#owner.onHead(head, plan)) this.#readBody(this.#body, rest)
  }

  #readBody(body: ResponseBody, bytes: Buffer): void {
    const taken = body.take(bytes, this.#owner)
    if (body.malformed !== undefined) this.#owner.onMalformed(body.malformed)
    else if (body.done && this.#plan !== undefined) {
      this.#owner.onComplete(this.#plan, body.trailers, taken === bytes.length)
    }
  }
}

/** An interim answer has no body and is not the last: one that speaks of either would be the final one to some readers. */
function planInterim(head: ResponseHead, method: string): ResponsePlan | Malformed {
  if (head.minorVersion === 0) return malformed('an interim answer in HTTP/1.0')
  const plan = planResponse(head, method, false)
  if (plan.kind === 'malformed' || plan.persistent) return plan
  return malformed('an interim answer that closes the connection')
}
