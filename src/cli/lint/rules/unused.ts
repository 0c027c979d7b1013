// Services and middlewares that no router leads to, and stickiness that nobody feels.
import type { QualifiedName } from '../../../model/qualified-name.ts'
import type { Assembly } from '../../compose/assemble.ts'
import type { ComposeService } from '../../compose/project.ts'
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule, Said } from '../finding.ts'
import { objectLabel, pathOf } from '../locate.ts'

export const unused: Rule = (assembly) => {
  const { snapshot, project, proxy } = assembly
  const services = [...snapshot.services].filter(([, { usedBy }]) => usedBy.length === 0)
  const chained = new Set(
    [...snapshot.middlewares.values()].flatMap(({ config }) => (config.kind === 'chain' ? config.middlewares : [])),
  )
  const atEntryPoints = [...(proxy?.settings?.entryPoints.values() ?? [])].flatMap(({ middlewares }) => middlewares)
  const middlewares = [...snapshot.middlewares].filter(
    ([name, { usedBy }]) =>
      usedBy.length === 0 && !chained.has(name) && !atEntryPoints.some((used) => isSame(used, name)),
  )
  // On the proxy itself stand those that other projects share.
  const others = project.services.filter(({ name }) => name !== proxy?.service.name)
  return [
    ...services.flatMap(([name]) => said('service', name, others, 'no router leads to it')),
    ...middlewares.flatMap(([name]) => said('middleware', name, others, 'no router uses it')),
  ]
}

function isSame(reference: string, name: QualifiedName): boolean {
  return reference === name || `${reference}@docker` === name
}

function said(
  kind: 'service' | 'middleware',
  qualified: QualifiedName,
  services: readonly ComposeService[],
  message: string,
): readonly Said[] {
  const name = qualified.replace(/@docker$/, '')
  for (const service of services) {
    const label = objectLabel(service, { kind, name })
    if (label === undefined) continue
    const hint =
      kind === 'service'
        ? `name it in a router: …routers.<name>.service=${name}`
        : `…routers.<name>.middlewares=${name}`
    return [saidOf(service, label, { at: 'key', severity: 'note', message: `${kind} "${name}": ${message}`, hint })]
  }
  return []
}

/** With one replica there is nothing to come back to. */
export const stickyAlone: Rule = ({ project, config }: Assembly) =>
  project.services.flatMap((service) => {
    const label = proxyLabels(service).find(({ key }) =>
      /^http\.services\.[^.]+\.loadbalancer\.sticky\b/.test(pathOf(key)),
    )
    if (label === undefined) return []
    const qualified = `${label.key.split('.')[3]?.toLowerCase()}@docker`
    const [, found] = [...config.services].find(([name]) => name.toLowerCase() === qualified) ?? []
    if (found?.stickyCookie === undefined || found.members.length !== 1) return []
    return saidOf(service, label, {
      at: 'key',
      severity: 'note',
      message: `sticky sessions have no effect while "${service.name}" has one replica`,
      hint: 'set deploy.replicas, or start more with docker compose up --scale',
    })
  })
