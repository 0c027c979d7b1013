// Which port of a container a service means.
import type { Problem } from '../../model/problem.ts'
import type { Container } from './container.ts'
import { labelRoot } from './names.ts'

/** A problem before it is known whose it is. */
export type Finding = Omit<Problem, 'provider' | 'source' | 'object'>

export type Port =
  | { readonly port: number; readonly finding: undefined }
  | { readonly port: undefined; readonly finding: Finding }

/** The labelled port, else the lowest exposed one. Published ports do not matter: members are reached directly. */
export function portOf(container: Container, service: string, labelled: number | undefined): Port {
  const port = labelled ?? container.ports[0]
  if (port !== undefined) return { port, finding: undefined }
  const label = `${labelRoot(container)}.http.services.${service}.loadbalancer.server.port`
  const finding = {
    severity: 'error',
    field: undefined,
    reason: 'has no port: the container exposes none and no label names one',
    hint: `add the label ${label}=…`,
  } as const
  return { port: undefined, finding }
}
