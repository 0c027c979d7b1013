// How far a request came on the connection it was given last, and whether it may therefore be sent once more.
import type { HttpExchange } from '../exchange/exchange.ts'
import { isIdempotent } from '../exchange/idempotent.ts'
import { canSendBody } from '../exchange/kept-body.ts'
import type { Connection } from './connection.ts'

export class Delivery {
  /** A byte of it may have reached the member. */
  sent = false
  /** Its service does not mind that a request is carried out twice, whatever its method. */
  retryNonIdempotent = false
  readonly #exchange: HttpExchange
  /** A piece of its body was handed to the kernel after the head. */
  #bodySent = false
  /** The member had closed the connection before the head reached it: it has not seen the request. */
  #unseen = false
  #answered = false

  constructor(exchange: HttpExchange) {
    this.#exchange = exchange
  }

  /** A byte of its answer has reached us. */
  get answered(): boolean {
    return this.#answered
  }

  /** It may be carried out twice. */
  get repeats(): boolean {
    return this.retryNonIdempotent || isIdempotent(this.#exchange.head.method)
  }

  /** A piece of its body was written, or could not be. */
  bodyWritten(connection: Connection | undefined): void {
    if (this.#bodySent) return
    this.#bodySent = true
    // So far only the head was out, and only it can have been refused.
    if (connection?.wasClosedBefore) this.#unseen = true
    else if (!this.repeats) this.#exchange.keptBody?.drop()
  }

  answerBegins(): void {
    if (!this.#answered) this.#exchange.keptBody?.drop()
    this.#answered = true
  }

  /** The member had closed a kept connection before it saw the request, or else nothing is wrong with asking it twice. */
  mayGoAgain(connection: Connection | undefined): boolean {
    if (!connection?.reused || this.#answered) return false
    return !this.sent || ((this.repeats || this.#unseen) && canSendBody(this.#exchange))
  }

  startAnew(): void {
    this.sent = false
    this.#bodySent = false
    this.#unseen = false
  }
}
