// Request metrics with Traefik's names, labels and buckets, so that dashboards made for it go on working. Each data-plane
// thread keeps its own; they are added up when somebody asks.

export type Scope = 'entrypoint' | 'router' | 'service'

/** Whom a request is counted for. */
export interface Place {
  readonly scope: Scope
  /** Of the entrypoint, the router or the service. */
  readonly name: string
  /** Where a router leads to; empty for the others. */
  readonly service: string
}

/** One answered request, as all scopes see it. */
export interface Answered {
  readonly code: number
  readonly method: string
  readonly protocol: string
  readonly requestBytes: number
  readonly responseBytes: number
}

/** All requests with the same labels. Crosses between threads as it is. */
export interface Series extends Answered, Place {
  requests: number
  seconds: number
  requestBytes: number
  responseBytes: number
  /** Requests that took at most so long, for each upper bound, not cumulated; the last is without one. */
  readonly buckets: number[]
}

/** What one thread knows. */
export interface MetricsShare {
  readonly series: readonly Series[]
  /** By service. */
  readonly retries: ReadonlyMap<string, number>
  /** By entrypoint. */
  readonly openConnections: ReadonlyMap<string, number>
}

export class RequestMetrics {
  readonly #bounds: readonly number[]
  /** By the name of the entrypoint, the router or the service. */
  readonly #series: Readonly<Record<Scope, Map<string, Series[]>>> = {
    entrypoint: new Map(),
    router: new Map(),
    service: new Map(),
  }
  readonly #retries = new Map<string, number>()

  /** Upper bounds in seconds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
  }

  observe(place: Place, answered: Answered, seconds: number): void {
    const series = this.#seriesOf(place, answered)
    series.requests++
    series.seconds += seconds
    series.requestBytes += answered.requestBytes
    series.responseBytes += answered.responseBytes
    let bucket = 0
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] ?? 0)) bucket++
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  /** Labels are Muster's own words, names of the configuration and numbers: what a client makes up is in none of them. */
  #seriesOf({ scope, name, service }: Place, answered: Answered): Series {
    const { code, method, protocol } = answered
    let known = this.#series[scope].get(name)
    if (known === undefined) this.#series[scope].set(name, (known = []))
    // A handful: looking at them costs less than making a text to look them up by.
    for (const series of known) {
      if (series.code !== code || series.method !== method || series.protocol !== protocol) continue
      if (series.service === service) return series
    }
    const made: Series = {
      ...answered,
      scope,
      name,
      service,
      seconds: 0,
      requests: 0,
      requestBytes: 0,
      responseBytes: 0,
      buckets: Array.from({ length: this.#bounds.length + 1 }, () => 0),
    }
    known.push(made)
    return made
  }

  countRetries(service: string, retries: number): void {
    this.#retries.set(service, (this.#retries.get(service) ?? 0) + retries)
  }

  /** Forgets what was told of routers and services that are no more, as Traefik does: containers come and go for years. */
  share(openConnections: ReadonlyMap<string, number>, isKnown: (scope: Scope, name: string) => boolean): MetricsShare {
    const all = Object.values(this.#series).flatMap((byName) => [...byName.values()].flat())
    const share = { series: all, retries: new Map(this.#retries), openConnections }
    for (const { scope, name } of all) if (!isKnown(scope, name)) this.#series[scope].delete(name)
    for (const service of this.#retries.keys()) if (!isKnown('service', service)) this.#retries.delete(service)
    return share
  }
}

const methods = new Set(['HEAD', 'GET', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI'])

/** A client can make up any number of methods, and each would be a series for ever. Traefik's word for the rest. */
export function methodLabel(method: string): string {
  return methods.has(method) ? method : 'EXTENSION_METHOD'
}
