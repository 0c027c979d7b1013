// Options of the proxy's own that Muster does not take, or takes without effect.
import type { Rule } from '../finding.ts'

export const proxyOptions: Rule = ({ proxy }) => {
  if (proxy === undefined) return []
  const { service, complaints, settings } = proxy
  const isMuster = /(?:^|\/)muster(?:[:@]|$)/.test(service.image ?? '')
  const common = { service: service.name, label: undefined, hint: undefined }
  return [
    ...complaints.map(({ position, reason }) => ({
      ...common,
      severity: isMuster ? ('error' as const) : ('warning' as const),
      position,
      message: `Muster does not start with this: ${reason}`,
    })),
    ...(settings?.warnings ?? []).map((message) => ({
      ...common,
      severity: 'note' as const,
      position: service.command?.[0]?.position ?? service.position,
      message,
    })),
  ]
}
