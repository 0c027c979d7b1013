// Reads one answer from the bytes of a connection: interim heads, the final head, the body, and whatever stands after it.
import type { BodySink, ResponseBody } from './body.ts'
import { responseBody } from './response-body.ts'
import { parseResponseHead, type HeadLimits, type ResponseHead } from './response-head.ts'
import { planResponse, type ResponsePlan } from './response-plan.ts'

export interface AnswerOwner extends BodySink {
  onInterim(head: ResponseHead): void
  /** The final head. False: the rest is not wanted. */
  onHead(head: ResponseHead, plan: ResponsePlan): boolean
  /** The answer is complete. `clean`: no byte came after it. */
  onComplete(plan: ResponsePlan, trailers: readonly string[], clean: boolean): void
  /** What the member sends is not an answer; nothing more is read. */
  onMalformed(reason: string): void
}

/** Interim answers (1xx) one request may get before it is clear that no other will follow. */
const interimMax = 32

export class ResponseReader {
  readonly #method: string
  readonly #chunkedToClient: boolean
  readonly #limits: HeadLimits
  readonly #owner: AnswerOwner
  #partialHead: Buffer | undefined
  #interims = 0
  #plan: ResponsePlan | undefined
  #body: ResponseBody | undefined

  constructor(method: string, chunkedToClient: boolean, limits: HeadLimits, owner: AnswerOwner) {
    this.#method = method
    this.#chunkedToClient = chunkedToClient
    this.#limits = limits
    this.#owner = owner
  }

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
    const partial = this.#partialHead
    let bytes = partial === undefined ? chunk : Buffer.concat([partial, chunk])
    let scanned = partial?.length ?? 0
    for (;;) {
      const head = parseResponseHead(bytes, scanned, this.#limits)
      if (head === undefined) {
        this.#partialHead = bytes
        return
      }
      if (head.kind === 'malformed') return this.#owner.onMalformed(head.reason)
      bytes = bytes.subarray(head.bytes)
      if (head.status >= 200) return this.#begin(head, bytes)
      // RFC 9110 section 15.2.2: nobody asked for another protocol here.
      if (head.status === 101) return this.#owner.onMalformed('it switched protocols unasked')
      if (++this.#interims > interimMax) return this.#owner.onMalformed('interim answers without end')
      this.#owner.onInterim(head)
      scanned = 0
    }
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
