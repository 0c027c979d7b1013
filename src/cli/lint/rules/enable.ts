// Labels that nobody reads.
import { decodeLabels } from '../../../labels/decode-labels.ts'
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'
import { pathOf } from '../locate.ts'

/** With exposedByDefault=false, a service whose routing is all there except for one word. */
export const notEnabled: Rule = ({ project, proxy }) => {
  if (proxy?.settings?.providers.docker?.exposedByDefault !== false) return []
  return project.services.flatMap((service) => {
    const first = proxyLabels(service).find(({ key }) => /^(?:http|tcp|udp)\./.test(pathOf(key)))
    const labels = Object.fromEntries(service.labels.map(({ key, value }) => [key, value]))
    if (first === undefined || decodeLabels(labels).enable !== undefined) return []
    const root = first.key.slice(0, first.key.indexOf('.'))
    return saidOf(service, first, {
      at: 'key',
      severity: 'error',
      message: 'the proxy runs with exposedByDefault=false, so this service is left out',
      hint: `add the label ${root}.enable=true`,
    })
  })
}

export const deployLabels: Rule = ({ project }) =>
  project.services.flatMap((service) => {
    const first = service.deployLabels.find(({ key }) => /^(?:traefik|muster)\./i.test(key))
    if (first === undefined || proxyLabels(service).length > 0) return []
    return saidOf(service, first, {
      at: 'key',
      severity: 'warning',
      message: 'labels below "deploy" are those of a Swarm service: containers do not have them',
      hint: 'move them to "labels" of the service itself',
    })
  })
