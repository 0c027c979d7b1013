import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newRecord } from '../../../src/entrypoint/access-log.ts'
import type { AccessLine } from '../../../src/entrypoint/access-log.ts'
import { RequestMetrics } from '../../../src/observability/metrics.ts'
import { exposition } from '../../../src/observability/prometheus.ts'
import type { ControlMetrics } from '../../../src/observability/prometheus.ts'
import type { MetricsSettings } from '../../../src/settings/settings.ts'
import { measureInto } from '../../../src/threads/request-metrics.ts'

const settings: MetricsSettings = {
  entryPoint: 'traefik',
  manualRouting: false,
  buckets: [0.1, 0.3, 1.2, 5],
  addEntryPointsLabels: true,
  addRoutersLabels: false,
  addServicesLabels: true,
}

const control: ControlMetrics = { configReloads: 3, lastReloadMs: 1_770_000_000_999, servers: [], waiting: [] }
const record = { ...newRecord(undefined), router: 'web@docker', service: 'shop@docker', attempts: 1 }

const line: AccessLine = {
  entrypoint: 'web',
  count: 1,
  startUtc: new Date(),
  durationMs: 250,
  serviceMs: 50,
  status: 200,
  bytes: 0,
  requestBytes: 3,
  responseBytes: 100,
  clientIp: '192.0.2.1',
  clientPort: 4711,
  method: 'GET',
  path: '/',
  protocol: 'HTTP/1.1',
  secure: false,
  headers: {},
  requestFields: [],
  responseFields: [],
  record,
}

const everything = (): boolean => true

/** The text after these lines were measured, each by a thread of its own. */
function scraped(lines: readonly Partial<AccessLine>[], changed: Partial<MetricsSettings> = {}): string {
  const shares = lines.map((each) => {
    const metrics = new RequestMetrics(settings.buckets)
    measureInto(metrics, { ...settings, ...changed })({ ...line, ...each })
    return metrics.share(new Map([['web', 2]]), everything)
  })
  return exposition(shares, control, settings.buckets)
}

function samples(text: string, name: string): string[] {
  return text.split('\n').filter((each) => each.startsWith(`traefik_${name}{`) || each.startsWith(`traefik_${name} `))
}

describe('metrics', () => {
  it('are what a dashboard for Traefik asks for, of all threads together', () => {
    assert.equal(
      scraped([{}, { durationMs: 7000, serviceMs: 6500 }]),
      `# HELP traefik_config_reloads_total Config reloads
# TYPE traefik_config_reloads_total counter
traefik_config_reloads_total 3
# HELP traefik_config_last_reload_success Last config reload success
# TYPE traefik_config_last_reload_success gauge
traefik_config_last_reload_success 1770000000
# HELP traefik_open_connections How many open connections exist, by entryPoint and protocol
# TYPE traefik_open_connections gauge
traefik_open_connections{entrypoint="web",protocol="TCP"} 4
# HELP traefik_entrypoint_requests_total How many HTTP requests processed on an entrypoint, partitioned by status code, protocol, and method.
# TYPE traefik_entrypoint_requests_total counter
traefik_entrypoint_requests_total{code="200",method="GET",protocol="http",entrypoint="web"} 2
# HELP traefik_entrypoint_request_duration_seconds How long it took to process the request on an entrypoint, partitioned by status code, protocol, and method.
# TYPE traefik_entrypoint_request_duration_seconds histogram
traefik_entrypoint_request_duration_seconds_bucket{code="200",method="GET",protocol="http",entrypoint="web",le="0.1"} 0
traefik_entrypoint_request_duration_seconds_bucket{code="200",method="GET",protocol="http",entrypoint="web",le="0.3"} 1
traefik_entrypoint_request_duration_seconds_bucket{code="200",method="GET",protocol="http",entrypoint="web",le="1.2"} 1
traefik_entrypoint_request_duration_seconds_bucket{code="200",method="GET",protocol="http",entrypoint="web",le="5"} 1
traefik_entrypoint_request_duration_seconds_bucket{code="200",method="GET",protocol="http",entrypoint="web",le="+Inf"} 2
traefik_entrypoint_request_duration_seconds_sum{code="200",method="GET",protocol="http",entrypoint="web"} 7.25
traefik_entrypoint_request_duration_seconds_count{code="200",method="GET",protocol="http",entrypoint="web"} 2
# HELP traefik_entrypoint_requests_bytes_total The total size of requests in bytes handled by an entrypoint, partitioned by status code, protocol, and method.
# TYPE traefik_entrypoint_requests_bytes_total counter
traefik_entrypoint_requests_bytes_total{code="200",method="GET",protocol="http",entrypoint="web"} 6
# HELP traefik_entrypoint_responses_bytes_total The total size of responses in bytes handled by an entrypoint, partitioned by status code, protocol, and method.
# TYPE traefik_entrypoint_responses_bytes_total counter
traefik_entrypoint_responses_bytes_total{code="200",method="GET",protocol="http",entrypoint="web"} 200
# HELP traefik_service_requests_total How many HTTP requests processed on a service, partitioned by status code, protocol, and method.
# TYPE traefik_service_requests_total counter
traefik_service_requests_total{code="200",method="GET",protocol="http",service="shop@docker"} 2
# HELP traefik_service_request_duration_seconds How long it took to process the request on a service, partitioned by status code, protocol, and method.
# TYPE traefik_service_request_duration_seconds histogram
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="shop@docker",le="0.1"} 1
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="shop@docker",le="0.3"} 1
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="shop@docker",le="1.2"} 1
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="shop@docker",le="5"} 1
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="shop@docker",le="+Inf"} 2
traefik_service_request_duration_seconds_sum{code="200",method="GET",protocol="http",service="shop@docker"} 6.55
traefik_service_request_duration_seconds_count{code="200",method="GET",protocol="http",service="shop@docker"} 2
# HELP traefik_service_requests_bytes_total The total size of requests in bytes handled by a service, partitioned by status code, protocol, and method.
# TYPE traefik_service_requests_bytes_total counter
traefik_service_requests_bytes_total{code="200",method="GET",protocol="http",service="shop@docker"} 6
# HELP traefik_service_responses_bytes_total The total size of responses in bytes handled by a service, partitioned by status code, protocol, and method.
# TYPE traefik_service_responses_bytes_total counter
traefik_service_responses_bytes_total{code="200",method="GET",protocol="http",service="shop@docker"} 200
`,
    )
  })

  const labelled: readonly (readonly [what: string, line: Partial<AccessLine>, labels: string])[] = [
    ['a method nobody knows', { method: 'BREW' }, 'code="200",method="EXTENSION_METHOD",protocol="http"'],
    [
      'an event stream',
      { headers: { accept: 'text/html, text/event-stream' } },
      'code="200",method="GET",protocol="sse"',
    ],
    [
      'a WebSocket',
      { status: 101, headers: { connection: 'keep-alive, Upgrade', upgrade: 'WebSocket' } },
      'code="101",method="GET",protocol="websocket"',
    ],
    [
      'gRPC, by its own code',
      { headers: { 'content-type': 'application/grpc+proto' }, responseFields: ['Grpc-Status', '7'] },
      'code="7",method="GET",protocol="grpc"',
    ],
    [
      'gRPC-Web that does not tell',
      { headers: { 'content-type': 'application/grpc-web' } },
      'code="2",method="GET",protocol="grpc-web"',
    ],
    ['one whose client left', { status: 499 }, 'code="499",method="GET",protocol="http"'],
  ]
  for (const [what, changed, labels] of labelled) {
    it(`label ${what} ${labels}`, () => {
      const expected = [`traefik_entrypoint_requests_total{${labels},entrypoint="web"} 1`]
      assert.deepEqual(samples(scraped([changed]), 'entrypoint_requests_total'), expected)
    })
  }

  it('of routers are there when wanted, with their service', () => {
    assert.deepEqual(samples(scraped([{}]), 'router_requests_total'), [])
    assert.deepEqual(samples(scraped([{}], { addRoutersLabels: true }), 'router_requests_total'), [
      'traefik_router_requests_total{code="200",method="GET",protocol="http",router="web@docker",service="shop@docker"} 1',
    ])
  })

  it('of entrypoints and services can be switched off', () => {
    const text = scraped([{}], { addEntryPointsLabels: false, addServicesLabels: false })
    assert.doesNotMatch(text, /requests_total/)
  })

  it('count retries', () => {
    const again = { record: { ...record, attempts: 3 } }
    assert.deepEqual(samples(scraped([again, again, {}]), 'service_retries_total'), [
      'traefik_service_retries_total{service="shop@docker"} 4',
    ])
  })

  it("leave out Muster's own services, and what a router wants left out", () => {
    const own = { record: { ...record, service: 'api@internal' } }
    const unmeasured = { record: { ...record, unmeasured: true } }
    assert.doesNotMatch(scraped([own, unmeasured]), /requests_total/)
  })

  it('tell which servers are up, in quotes that hold any text', () => {
    const servers = [
      { service: 'a"b\\c\nd@file', url: 'http://10.0.0.1:80', up: true },
      { service: 'b@docker', url: 'http://10.0.0.2:80', up: false },
    ]
    assert.deepEqual(samples(exposition([], { ...control, servers }, []), 'service_server_up'), [
      String.raw`traefik_service_server_up{service="a\"b\\c\nd@file",url="http://10.0.0.1:80"} 1`,
      'traefik_service_server_up{service="b@docker",url="http://10.0.0.2:80"} 0',
    ])
  })

  it('tell how many requests wait for a service, and have waited', () => {
    const text = exposition([], { ...control, waiting: [{ service: 'a@docker', now: 2, ever: 9 }] }, [])
    assert.match(text, /^muster_service_waiting_requests\{service="a@docker"\} 2$/m)
    assert.match(text, /^muster_service_waited_requests_total\{service="a@docker"\} 9$/m)
  })

  it('forget what is no longer configured once it was told a last time', () => {
    const metrics = new RequestMetrics(settings.buckets)
    const measure = measureInto(metrics, { ...settings, addRoutersLabels: true })
    measure({ ...line, record: { ...record, attempts: 2 } })
    const isEntrypoint = (scope: string): boolean => scope === 'entrypoint'
    const scopes = (): string[] => metrics.share(new Map(), isEntrypoint).series.map(({ scope }) => scope)
    assert.deepEqual(scopes(), ['entrypoint', 'router', 'service'])
    assert.deepEqual(scopes(), ['entrypoint'])
    assert.equal(metrics.share(new Map(), everything).retries.size, 0)
  })
})
