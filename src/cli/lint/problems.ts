// What the provider and the linker themselves report, at its place in the files.
import type { Problem } from '../../model/problem.ts'
import type { Assembly } from '../compose/assemble.ts'
import type { ComposeLabel } from '../compose/project.ts'
import type { ComposeProblem } from '../compose/tree.ts'
import type { Said } from './finding.ts'
import { labelOf, objectLabel, serviceOf } from './locate.ts'

export function problems(assembly: Assembly): readonly Said[] {
  return assembly.snapshot.problems.flatMap((problem) => {
    const service = serviceOf(assembly, problem.source)
    if (service === undefined) return []
    const { field, object, reason } = problem
    const exact = field === undefined ? networkLabel(problem, service.labels) : labelOf(service, field)
    const nearby = object === undefined ? undefined : objectLabel(service, object)
    const atKey = exact === undefined || /^unknown field|is read neither/.test(reason)
    const label = exact ?? nearby
    const { severity, hint } = !assembly.complete && isElsewhere(problem) ? elsewhere : problem
    return {
      severity,
      position: (atKey ? label?.keyPosition : label?.position) ?? service.position,
      service: service.name,
      label: exact?.key,
      message: field === undefined ? `${subjectOf(problem, service.name)} ${reason}` : reason,
      hint,
    }
  })
}

/** What compose itself would say of the files. */
export function composeProblem({ severity, position, reason, hint }: ComposeProblem): Said {
  const known = severity === 'fatal' ? 'error' : severity
  return { severity: known, position, service: undefined, label: undefined, message: reason, hint }
}

/** Reasons without a field begin with a verb. */
function subjectOf({ object }: Problem, service: string): string {
  return object === undefined ? `service "${service}"` : `${object.kind} "${object.name}"`
}

/** A name that is nowhere in these files, and like none that is: another project may declare it. */
function isElsewhere({ reason, hint }: Problem): boolean {
  return hint === undefined && /^(?:middleware|service) ".*@docker" does not exist$/.test(reason)
}

const elsewhere = {
  severity: 'warning',
  hint: 'unless another compose project declares it: lint its file together with this one',
} as const

function networkLabel({ reason }: Problem, labels: readonly ComposeLabel[]): ComposeLabel | undefined {
  if (!/^is (?:not attached to|reached on) the network/.test(reason)) return undefined
  return labels.find(({ key }) => /^(?:traefik|muster)\.docker\.network$/i.test(key))
}
