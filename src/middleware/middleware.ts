import type { Handler } from '../exchange/exchange.ts'

/** Wraps what comes after it. Composed when a snapshot is compiled; a request only walks the chain. */
export type Middleware = (next: Handler) => Handler
