// What lint has to say, and the words its rules are written in.
import type { Assembly } from '../compose/assemble.ts'
import type { ComposeLabel, ComposeService } from '../compose/project.ts'
import type { Position } from '../compose/tree.ts'

/** `error`: does not work as written. `warning`: probably not as meant. `note`: worth a look. */
export type Severity = 'error' | 'warning' | 'note'

export interface LintFinding {
  /** The name of the rule that says it. */
  readonly rule: string
  readonly severity: Severity
  readonly position: Position
  /** Of the compose file; undefined when no single one is meant. */
  readonly service: string | undefined
  readonly label: string | undefined
  readonly message: string
  readonly hint: string | undefined
}

/** A finding before its rule's name is added. */
export type Said = Omit<LintFinding, 'rule'>

export type Rule = (assembly: Assembly) => readonly Said[]

/** Of labels that a rule may speak of. */
export function proxyLabels({ labels }: ComposeService): readonly ComposeLabel[] {
  return labels.filter(({ key }) => /^(?:traefik|muster)\./i.test(key))
}

/** At a label, its key or its value; at the service itself when it is no label's doing. */
export function saidOf(
  service: ComposeService,
  label: ComposeLabel | undefined,
  { at, ...said }: Pick<LintFinding, 'severity' | 'message' | 'hint'> & { readonly at: 'key' | 'value' },
): Said {
  const position = at === 'key' ? label?.keyPosition : label?.position
  return { ...said, position: position ?? service.position, service: service.name, label: label?.key }
}
