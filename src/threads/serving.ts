// What one thread serves by: the handlers of the current snapshot, and the requests that wait for one that can serve them.
import type { Handler } from '../exchange/exchange.ts'
import { ThreadBooks } from '../ledger/thread-books.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { Holds } from '../service/holds.ts'
import type { Awaited } from '../service/holds.ts'
import type { HoldLimits } from '../settings/limits.ts'
import { Compiler } from '../snapshot/compile.ts'
import type { CompileContext, Handlers } from '../snapshot/compile.ts'
import { startingUp, startOf } from '../snapshot/entrypoint-handler.ts'
import { goneWith, takeIn } from '../snapshot/plan-update.ts'
import type { ThreadPlan } from '../snapshot/plan-update.ts'
import type { Plan } from '../snapshot/snapshot.ts'
import type { ThreadPublication } from './data-plane.ts'

export interface ServingOptions extends Omit<CompileContext, 'books' | 'holds' | 'holdMs'> {
  /** The ledger column of this thread. */
  readonly column: number
  readonly hold: HoldLimits
  /** A snapshot that cannot be compiled is our bug; the one before stays. */
  readonly onFailure: (error: unknown, version: number) => void
}

export class Serving implements Disposable {
  readonly #options: ServingOptions
  readonly #books: ThreadBooks
  readonly #holds: Holds
  readonly #compiler: Compiler
  readonly #plan: ThreadPlan = { routes: new Map(), services: new Map() }
  /** What requests wait for that come before the first snapshot, by what they wait for it as. */
  readonly #starts: ReadonlyMap<string, Awaited>
  #handlers: Handlers = new Map()

  constructor(options: ServingOptions) {
    const { column, entryPoints, hold } = options
    this.#options = options
    this.#books = new ThreadBooks(column)
    this.#holds = new Holds(
      hold.maxRequests,
      (name) => this.#awaited(name),
      (name) => this.#books.waiting(name),
    )
    this.#compiler = new Compiler({ ...options, books: this.#books, holds: this.#holds, holdMs: hold.timeoutMs })
    this.#starts = new Map(
      entryPoints.map((name) => [
        startOf(name),
        {
          serve: (exchange) => this.handlerOf(name)(exchange),
          canServe: () => this.#handlers.size > 0,
          lostAt: () => 0,
        },
      ]),
    )
  }

  get plan(): Plan {
    return this.#plan
  }

  /** Read once per request, by its entrypoint: one that is under way never sees two snapshots. */
  handlerOf(entryPoint: string): Handler {
    return this.#handlers.get(entryPoint) ?? startingUp(entryPoint, this.#holds, this.#options.hold.timeoutMs)
  }

  publish({ version, update, books }: ThreadPublication): void {
    // Even if it cannot be compiled: the next update builds on it.
    this.#books.update(books, goneWith(this.#plan, update))
    takeIn(this.#plan, update)
    try {
      this.#handlers = this.#compiler.compile(this.#plan, update, books.turns.keys() as Iterable<QualifiedName>)
    } catch (error) {
      // In one thread and all others alike: a thread that died of it would be replaced only to die again.
      this.#options.onFailure(error, version)
    }
    this.wake()
  }

  /** A member may be there for those who wait. */
  wake(): void {
    this.#holds.wake()
  }

  [Symbol.dispose](): void {
    this.#holds[Symbol.dispose]()
  }

  #awaited(name: string): Awaited | undefined {
    return this.#starts.get(name) ?? this.#compiler.service(name as QualifiedName)
  }
}
