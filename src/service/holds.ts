// Requests for which there is nobody right now: they wait, within limits, and are handed on as soon as somebody is there. A
// whole cluster that is recreated, and Muster's own start, pass without an error.
import type { Exchange, Handler } from '../exchange/exchange.ts'
import { UpstreamError } from '../exchange/upstream-error.ts'
import { steadyMs } from '../ledger/steady-clock.ts'
import type { WaitingCount } from '../ledger/waiting-count.ts'
import { HeldLine } from './held-line.ts'
import type { Outcome } from './held-line.ts'

/** What is waited for: a service, or the first configuration of an entrypoint. */
export interface Awaited {
  readonly serve: Handler
  /** Somebody is there. `desperate`: somebody who failed a moment ago counts as well. */
  readonly canServe: (desperate: boolean) => boolean
  /** When the last of them left, by `steadyMs`; 0: there has never been anybody. */
  readonly lostAt: () => number
}

export interface Patience {
  readonly ms: number
  /** Since when there has been nobody, by `steadyMs`: who has been away for long is not waited for. */
  readonly since: number
}

/** How often it is looked whether somebody is there, besides whenever there is news, and whose time is over. */
const lookEveryMs = 50
/** Whoever failed a moment ago is asked again in every so many looks. */
const desperateEvery = 5

export class Holds implements Disposable {
  readonly #maxHeld: number
  readonly #awaited: (name: string) => Awaited | undefined
  readonly #countOf: (name: string) => WaitingCount | undefined
  readonly #lines = new Map<string, HeldLine>()
  #timer: NodeJS.Timeout | undefined
  #looks = 0

  /**
   * @param maxHeld requests that wait for one service in this thread; one more is 503
   * @param awaited what a name stands for by now; undefined: nothing yet, or no longer
   * @param countOf where those are counted that wait for it; undefined: nowhere
   */
  constructor(
    maxHeld: number,
    awaited: (name: string) => Awaited | undefined,
    countOf: (name: string) => WaitingCount | undefined = () => undefined,
  ) {
    this.#maxHeld = maxHeld
    this.#awaited = awaited
    this.#countOf = countOf
  }

  /** How many wait. */
  waiting(name: string): number {
    return this.#lines.get(name)?.length ?? 0
  }

  /** Others wait, and a newcomer must not overtake them. */
  mustWait(name: string, exchange: Exchange): boolean {
    return this.#lines.size > 0 && this.#lines.get(name)?.mustWait(exchange) === true
  }

  /**
   * Waits until somebody may be there and hands the request on; settles with undefined when it is over, or with the reason
   * why nobody took it. Rejects as whoever takes it, and with an UpstreamError when the client leaves.
   */
  async hold(name: string, exchange: Exchange, { ms, since }: Patience): Promise<string | undefined> {
    const { record } = exchange
    record.heldUntil ??= since + ms
    try {
      for (;;) {
        const isLate = record.heldUntil <= steadyMs()
        const outcome = isLate ? 'late' : await this.#wait(name, exchange, record.heldUntil)
        if (outcome === 'gone') throw new UpstreamError('client-gone', 'the client went away', { sent: false })
        if (outcome === 'late') return `none became ready within ${ms / 1000} s`
        if (outcome === 'full') return 'too many requests wait for one'
        const awaited = this.#awaited(name)
        // Taken away since others before it were served: it may come back.
        if (awaited === undefined) continue
        if (awaited.canServe(false)) this.found(name, exchange)
        await awaited.serve(exchange)
        return undefined
      }
    } finally {
      this.#done(name, exchange)
    }
  }

  /** Somebody is there for it: others may follow. */
  found(name: string, exchange: Exchange): void {
    if (this.#lines.size > 0) this.#lines.get(name)?.found(exchange)
  }

  /** There may be news for those who wait. */
  wake(): void {
    for (const [name, line] of this.#lines) if (this.#isThere(name, false)) line.probe(true)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    for (const line of this.#lines.values()) line.giveUp()
  }

  /** The request is over, one way or the other. */
  #done(name: string, exchange: Exchange): void {
    const line = this.#lines.get(name)
    line?.done(exchange)
    if (line?.isOver === true) this.#lines.delete(name)
  }

  async #wait(name: string, exchange: Exchange, until: number): Promise<Outcome> {
    const line = this.#line(name)
    const isNew = !line.wasReleased(exchange)
    const over = line.join(exchange, until, this.#maxHeld)
    this.#countOf(name)?.set(line.length)
    const outcome = await over
    const count = this.#countOf(name)
    count?.set(line.length)
    if (isNew && outcome !== 'full') count?.add()
    return outcome
  }

  #line(name: string): HeldLine {
    let line = this.#lines.get(name)
    if (line === undefined) {
      line = new HeldLine()
      this.#lines.set(name, line)
    }
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs)
    return line
  }

  #look(): void {
    const now = steadyMs()
    const desperate = ++this.#looks % desperateEvery === 0
    for (const [name, line] of this.#lines) {
      line.look(now)
      if (line.length > 0) this.#probe(name, line, desperate)
      if (line.isOver) this.#lines.delete(name)
    }
    if (this.#lines.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #probe(name: string, line: HeldLine, desperate: boolean): void {
    if (this.#isThere(name, false)) line.probe(true)
    else if (desperate && this.#isThere(name, true)) line.probe(false)
  }

  /** What is gone may come back: a project that is taken down and up again. */
  #isThere(name: string, desperate: boolean): boolean {
    return this.#awaited(name)?.canServe(desperate) === true
  }
}
