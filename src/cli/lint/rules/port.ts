// A service whose port nobody tells: neither a label nor the compose file. The image may EXPOSE one.
import { decodeLabels } from '../../../labels/decode-labels.ts'
import type { DecodedLabels } from '../../../labels/decode-labels.ts'
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'
import { objectLabel } from '../locate.ts'

export const noPort: Rule = ({ project, proxy }) =>
  project.services.flatMap((service) => {
    const labels = proxyLabels(service)
    const [first] = labels
    if (first === undefined || service.ports.length > 0 || service.expose.length > 0) return []
    const exposed = proxy?.settings?.providers.docker?.exposedByDefault ?? true
    const decoded = decodeLabels(Object.fromEntries(labels.map(({ key, value }) => [key, value])))
    if (!(decoded.enable ?? exposed) || needsNone(decoded)) return []
    const names = decoded.services.size === 0 ? [undefined] : [...decoded.services.keys()]
    return names.flatMap((name) => {
      const known = name === undefined ? undefined : decoded.services.get(name)
      if (known?.port !== undefined || known?.url !== undefined) return []
      const label = name === undefined ? undefined : objectLabel(service, { kind: 'service', name })
      const root = first.key.slice(0, first.key.indexOf('.'))
      const option = `${root}.http.services.${name ?? service.name}.loadbalancer.server.port`
      return saidOf(service, label, {
        at: 'key',
        severity: 'note',
        message: `no port is known of "${service.name}" unless its image EXPOSEs one`,
        hint: `add the label ${option}=…`,
      })
    })
  })

/** Its routers all lead elsewhere (the dashboard of a proxy: api@internal), or it speaks of streams only. */
function needsNone({ services, routers, tcp, udp }: DecodedLabels): boolean {
  if (services.size > 0) return false
  if (routers.size === 0) return tcp !== undefined || udp !== undefined
  return [...routers.values()].every(({ service }) => service?.includes('@') === true)
}
