import type { Handler } from '../exchange/exchange.ts'

/** Wraps what comes after it. Composed when a snapshot is compiled; a request only walks the chain. */
export type Middleware = (next: Handler) => Handler

/** Why one cannot be compiled. */
export interface MiddlewareFlaw {
  /** Lower case, with the option's name and the value quoted. */
  readonly reason: string
  readonly hint: string | undefined
}
