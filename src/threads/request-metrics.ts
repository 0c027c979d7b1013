// An answered request → what metrics keep of it, by Traefik's labels.
import { isInternal } from '../entrypoint/access-log.ts'
import type { AccessLine } from '../entrypoint/access-log.ts'
import { methodLabel } from '../observability/metrics.ts'
import type { RequestMetrics } from '../observability/metrics.ts'
import type { MetricsSettings } from '../settings/settings.ts'

/** gRPC's `Unknown`: the answer does not tell, or only in trailers. */
const grpcUnknown = 2
const grpcCodeMax = 16

/** Traefik's: Muster's own pages are left out, and what their router wants left out. */
export function measureInto(metrics: RequestMetrics, settings: MetricsSettings): (line: AccessLine) => void {
  const { addEntryPointsLabels, addRoutersLabels, addServicesLabels } = settings
  return (line) => {
    const { router, service, attempts, unmeasured } = line.record
    if (unmeasured || isInternal(line)) return
    const protocol = protocolOf(line)
    const answered = {
      code: protocol.startsWith('grpc') ? grpcCode(line) : (line.status ?? 0),
      method: methodLabel(line.method),
      protocol,
      requestBytes: line.requestBytes,
      responseBytes: line.responseBytes,
    }
    const seconds = line.durationMs / 1000
    if (addEntryPointsLabels)
      metrics.observe({ scope: 'entrypoint', name: line.entrypoint, service: '' }, answered, seconds)
    if (addRoutersLabels && router !== undefined)
      metrics.observe({ scope: 'router', name: router, service: service ?? '' }, answered, seconds)
    if (!addServicesLabels || service === undefined) return
    const serviceSeconds = (line.serviceMs ?? line.durationMs) / 1000
    metrics.observe({ scope: 'service', name: service, service: '' }, answered, serviceSeconds)
    if (attempts > 1) metrics.countRetries(service, attempts - 1)
  }
}

function protocolOf({ headers }: AccessLine): string {
  if (lists(headers.upgrade, 'websocket') && lists(headers.connection, 'upgrade')) return 'websocket'
  if (lists(headers.accept, 'text/event-stream')) return 'sse'
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/grpc-web')) return 'grpc-web'
  return type.startsWith('application/grpc') ? 'grpc' : 'http'
}

function lists(value: string | undefined, item: string): boolean {
  // Most requests have none of them, or a long one that says something else.
  if (value === undefined || value.length < item.length || !value.toLowerCase().includes(item)) return false
  return value.split(',').some((each) => each.trim().toLowerCase() === item)
}

function grpcCode({ responseFields }: AccessLine): number {
  const at = responseFields.findIndex((text, i) => i % 2 === 0 && String(text).toLowerCase() === 'grpc-status')
  const code = at === -1 ? Number.NaN : Number(responseFields[at + 1])
  return Number.isInteger(code) && code >= 0 && code <= grpcCodeMax ? code : grpcUnknown
}
