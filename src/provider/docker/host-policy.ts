// Which hosts the routers of a container may claim, as the operator's policy says.
import type { Container } from './container.ts'

/** The settings' HostPolicy: who matches every criterion that is given may claim the hosts. */
export interface HostPolicy {
  readonly projects: readonly string[]
  readonly networks: readonly string[]
  /** `key=value`, or `key` alone. */
  readonly labels: readonly string[]
  readonly hosts: readonly string[]
}

/** Undefined: any, because there is no policy. With one, what nobody grants is refused: the list may be empty. */
export function allowedHosts(container: Container, policies: readonly HostPolicy[]): readonly string[] | undefined {
  if (policies.length === 0) return undefined
  return [...new Set(policies.filter((policy) => applies(policy, container)).flatMap(({ hosts }) => hosts))]
}

function applies({ projects, networks, labels }: HostPolicy, container: Container): boolean {
  return (
    given(projects, (project) => project === container.compose?.project) &&
    given(networks, (network) => container.attachedTo.includes(network)) &&
    given(labels, (label) => hasLabel(container, label))
  )
}

/** A criterion without alternatives is none. */
function given(alternatives: readonly string[], test: (alternative: string) => boolean): boolean {
  return alternatives.length === 0 || alternatives.some(test)
}

function hasLabel({ labels }: Container, wanted: string): boolean {
  const [, key = wanted, value] = /^([^=]*)=(.*)$/s.exec(wanted) ?? []
  return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value)
}
