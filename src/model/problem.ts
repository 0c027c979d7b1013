// What is wrong with a user's configuration, as a value: it travels with the configuration it belongs to and takes
// nothing else along.

export type ObjectKind =
  | 'router'
  | 'service'
  | 'middleware'
  | 'tcp router'
  | 'tcp service'
  | 'tcp middleware'
  | 'udp router'
  | 'udp service'

export interface Problem {
  /** `error`: the named thing does not work as written. `warning`: it works, but probably not as meant. */
  readonly severity: 'error' | 'warning'
  /** The provider it came from: `docker`, `file`, … */
  readonly provider: string
  /** The place: a container's name or a file's path. */
  readonly source: string
  /** The label or field in it, as written by the user; undefined when the whole source is meant. */
  readonly field: string | undefined
  /** The object it belongs to, by its name inside the provider; undefined when no single object is meant. */
  readonly object: { readonly kind: ObjectKind; readonly name: string } | undefined
  /** Lower case, what is wrong with the value quoted: `"abc" is not a number`. */
  readonly reason: string
  /** The way out: `did you mean "loadbalancer"?`; undefined when the reason says it. */
  readonly hint: string | undefined
}

/** One line for a log or a terminal. */
export function describeProblem(problem: Problem): string {
  const field = problem.field === undefined ? '' : ` ${problem.field}:`
  const object = problem.object === undefined ? '' : ` (${problem.object.kind} "${problem.object.name}")`
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`
  return `${problem.source}:${field} ${problem.reason}${hint}${object}`
}
