// The text a Prometheus server scrapes (exposition format 0.0.4): all threads' numbers added up, and what only the control
// thread knows.
import type { MetricsShare, Scope, Series } from './metrics.ts'

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

export interface ControlMetrics {
  readonly configReloads: number
  /** By Date.now(); undefined before the first. */
  readonly lastReloadMs: number | undefined
  readonly servers: readonly { readonly service: string; readonly url: string; readonly up: boolean }[]
  /** Requests that wait because a service has nobody for them, and those that ever did. */
  readonly waiting: readonly { readonly service: string; readonly now: number; readonly ever: number }[]
}

/** Names and values in turn. */
type Labels = readonly string[]
type Sample = readonly [suffix: string, labels: Labels, value: number]

const scopes: readonly Scope[] = ['entrypoint', 'router', 'service']
const where: Readonly<Record<Scope, readonly [processed: string, handled: string]>> = {
  entrypoint: ['on an entrypoint', 'by an entrypoint'],
  router: ['on a router', 'by a router'],
  service: ['on a service', 'by a service'],
}
const partitioned = 'partitioned by status code, protocol, and method.'

/** `bounds`: those the shares were kept with. */
export function exposition(
  shares: readonly MetricsShare[],
  control: ControlMetrics,
  bounds: readonly number[],
): string {
  const { configReloads, lastReloadMs = 0, servers, waiting } = control
  const families = [
    family('config_reloads_total', 'counter', 'Config reloads', [['', [], configReloads]]),
    family('config_last_reload_success', 'gauge', 'Last config reload success', [
      ['', [], Math.floor(lastReloadMs / 1000)],
    ]),
    family('open_connections', 'gauge', 'How many open connections exist, by entryPoint and protocol', open(shares)),
  ]
  const series = [...added(shares).values()]
  for (const scope of scopes) {
    const mine = series.filter((one) => one.scope === scope)
    families.push(...requestFamilies(scope, mine, bounds))
  }
  families.push(
    family('service_retries_total', 'counter', 'How many request retries happened on a service.', retried(shares)),
    family(
      'service_server_up',
      'gauge',
      'service server is up, described by gauge value of 0 or 1.',
      servers.map(({ service, url, up }) => ['', ['service', service, 'url', url], up ? 1 : 0]),
    ),
    ownFamily(
      'service_waiting_requests',
      'gauge',
      'How many requests wait because no server of a service is ready.',
      waiting.map(({ service, now }) => ['', ['service', service], now]),
    ),
    ownFamily(
      'service_waited_requests_total',
      'counter',
      'How many requests have had to wait because no server of a service was ready.',
      waiting.map(({ service, ever }) => ['', ['service', service], ever]),
    ),
  )
  return families.join('')
}

function requestFamilies(scope: Scope, series: readonly Series[], bounds: readonly number[]): string[] {
  const [processed, handled] = where[scope]
  const each = (valueOf: (one: Series) => number): Sample[] => series.map((one) => ['', labelsOf(one), valueOf(one)])
  return [
    family(
      `${scope}_requests_total`,
      'counter',
      `How many HTTP requests processed ${processed}, ${partitioned}`,
      each(({ requests }) => requests),
    ),
    family(
      `${scope}_request_duration_seconds`,
      'histogram',
      `How long it took to process the request ${processed}, ${partitioned}`,
      series.flatMap((one) => histogram(one, bounds)),
    ),
    family(
      `${scope}_requests_bytes_total`,
      'counter',
      `The total size of requests in bytes handled ${handled}, ${partitioned}`,
      each(({ requestBytes }) => requestBytes),
    ),
    family(
      `${scope}_responses_bytes_total`,
      'counter',
      `The total size of responses in bytes handled ${handled}, ${partitioned}`,
      each(({ responseBytes }) => responseBytes),
    ),
  ]
}

function histogram(one: Series, bounds: readonly number[]): Sample[] {
  const labels = labelsOf(one)
  let sum = 0
  const buckets = one.buckets.map((count, at): Sample => {
    sum += count
    return ['_bucket', [...labels, 'le', at < bounds.length ? String(bounds[at]) : '+Inf'], sum]
  })
  return [...buckets, ['_sum', labels, one.seconds], ['_count', labels, one.requests]]
}

function labelsOf({ scope, name, service, code, method, protocol }: Series): Labels {
  const common = ['code', String(code), 'method', method, 'protocol', protocol, scope, name]
  return scope === 'router' ? [...common, 'service', service] : common
}

/** Series of all threads with the same labels as one. */
function added(shares: readonly MetricsShare[]): ReadonlyMap<string, Series> {
  const sums = new Map<string, Series>()
  for (const one of shares.flatMap(({ series }) => series)) {
    const key = labelsOf(one).join(' ')
    const sum = sums.get(key)
    if (sum === undefined) {
      sums.set(key, { ...one, buckets: [...one.buckets] })
      continue
    }
    sum.requests += one.requests
    sum.seconds += one.seconds
    sum.requestBytes += one.requestBytes
    sum.responseBytes += one.responseBytes
    for (const [at, count] of one.buckets.entries()) sum.buckets[at] = (sum.buckets[at] ?? 0) + count
  }
  return sums
}

function open(shares: readonly MetricsShare[]): Sample[] {
  const sums = sumsOf(shares.map(({ openConnections }) => openConnections))
  return [...sums].map(([name, count]) => ['', ['entrypoint', name, 'protocol', 'TCP'], count])
}

function retried(shares: readonly MetricsShare[]): Sample[] {
  return [...sumsOf(shares.map(({ retries }) => retries))].map(([name, count]) => ['', ['service', name], count])
}

function sumsOf(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of maps.flatMap((map) => [...map])) sums.set(name, (sums.get(name) ?? 0) + count)
  return sums
}

/** Traefik's. */
function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  return familyText(`traefik_${name}`, type, help, samples)
}

/** What Traefik does not have. */
function ownFamily(name: string, type: string, help: string, samples: readonly Sample[]): string {
  return familyText(`muster_${name}`, type, help, samples)
}

/** Nothing where there are no samples, as in Traefik. */
function familyText(name: string, type: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const lines = samples.map(([suffix, labels, value]) => `${name}${suffix}${labelText(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  if (labels.length === 0) return ''
  const pairs: string[] = []
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}="${escaped(labels[i + 1] ?? '')}"`)
  return `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
