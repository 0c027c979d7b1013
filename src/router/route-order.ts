// The order in which routes are tried. Nothing is left to chance, unlike in Traefik, where routes of equal priority are
// tried in random order.

export interface Ranked {
  /** Qualified, and unique in a table. */
  readonly name: string
  /** The rule as the user wrote it: its length is the default priority. */
  readonly ruleText: string
  /** Undefined or 0: the length of the rule text in bytes. */
  readonly priority: bigint | undefined
}

/** A route and what it is ordered by, worked out once. */
export interface Keyed<R extends Ranked> {
  readonly route: R
  /** The priority as a number: exact for all that people write, and in the right order beyond 2^53 too. */
  readonly priority: number
  /** Bytes. */
  readonly length: number
}

/** Higher priority first, then longer rule, then name. Priorities are 64 bits wide. */
export function rankRoutes<R extends Ranked>(routes: readonly R[]): R[] {
  return routes
    .map(keyed)
    .sort(compareKeyed)
    .map(({ route }) => route)
}

export function keyed<R extends Ranked>(route: R): Keyed<R> {
  const length = Buffer.byteLength(route.ruleText)
  return { route, length, priority: Number(route.priority ?? 0n) || length }
}

/** 0 for none but two of the same name. */
export function compareKeyed(a: Keyed<Ranked>, b: Keyed<Ranked>): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  const exact = Number.isSafeInteger(a.priority) ? 0 : order(b.route.priority ?? 0n, a.route.priority ?? 0n)
  return exact || b.length - a.length || order(a.route.name, b.route.name)
}

function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
