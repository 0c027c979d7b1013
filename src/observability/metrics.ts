// Request metrics with Traefik's names, labels and buckets, so that dashboards made for it go on working. Each data-plane
// thread keeps its own; they are added up when somebody asks.

export type Scope = 'entrypoint' | 'router' | 'service'

/** One answered request, for one scope. */
export interface Observation {
  readonly scope: Scope
  /** Of the entrypoint, the router or the service. */
  readonly name: string
  /** Where a router leads to; empty for the others. */
  readonly service: string
  readonly code: number
  readonly method: string
  readonly protocol: string
  readonly seconds: number
  readonly requestBytes: number
  readonly responseBytes: number
}

/** All requests with the same labels. Crosses between threads as it is. */
export interface Series extends Omit<Observation, 'seconds'> {
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
  readonly #series = new Map<string, Series>()
  readonly #retries = new Map<string, number>()

  /** Upper bounds in seconds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
  }

  observe(observation: Observation): void {
    const { scope, name, service, code, method, protocol, seconds } = observation
    // Labels are Muster's own words, names of the configuration and numbers: what a client makes up is in none of them.
    const key = `${scope} ${name} ${service} ${code} ${method} ${protocol}`
    let series = this.#series.get(key)
    if (series === undefined) {
      series = {
        ...observation,
        seconds: 0,
        requests: 0,
        requestBytes: 0,
        responseBytes: 0,
        buckets: this.#noBuckets(),
      }
      this.#series.set(key, series)
    }
    series.requests++
    series.seconds += seconds
    series.requestBytes += observation.requestBytes
    series.responseBytes += observation.responseBytes
    const at = this.#bounds.findIndex((bound) => seconds <= bound)
    const bucket = at === -1 ? this.#bounds.length : at
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  countRetries(service: string, retries: number): void {
    this.#retries.set(service, (this.#retries.get(service) ?? 0) + retries)
  }

  /** Forgets what was told of routers and services that are no more, as Traefik does: containers come and go for years. */
  share(openConnections: ReadonlyMap<string, number>, isKnown: (scope: Scope, name: string) => boolean): MetricsShare {
    const share = { series: [...this.#series.values()], retries: new Map(this.#retries), openConnections }
    for (const [key, { scope, name }] of this.#series) if (!isKnown(scope, name)) this.#series.delete(key)
    for (const service of this.#retries.keys()) if (!isKnown('service', service)) this.#retries.delete(service)
    return share
  }

  #noBuckets(): number[] {
    return Array.from({ length: this.#bounds.length + 1 }, () => 0)
  }
}

const methods = new Set(['HEAD', 'GET', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI'])

/** A client can make up any number of methods, and each would be a series for ever. Traefik's word for the rest. */
export function methodLabel(method: string): string {
  return methods.has(method) ? method : 'EXTENSION_METHOD'
}
