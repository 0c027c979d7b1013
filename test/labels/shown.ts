// The form decoded labels have in the golden files and in labels.md: JSON without what is absent, one line per problem.
import type { DecodedLabels } from '../../src/labels/decode-labels.ts'
import type { LabelProblem } from '../../src/labels/finding.ts'

/** `key=value` lines; the rest of a line after the first `=` is the value as it is. Lines that begin with `#` are remarks. */
export function parseLabels(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=')
      return equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}

/** Everything but the problems. */
export function shownConfig(decoded: DecodedLabels): unknown {
  const { problems: _, ...config } = decoded
  return JSON.parse(JSON.stringify(config, plain))
}

export function shownProblems({ problems }: Pick<DecodedLabels, 'problems'>): string[] {
  return problems.map(shownProblem)
}

function shownProblem({ severity, field, object, reason, hint }: LabelProblem): string {
  const place = [field, object && `(${object.kind} "${object.name}")`].filter((part) => part !== undefined)
  return `${[severity, ...place].join(' ')}: ${reason}${hint === undefined ? '' : `; ${hint}`}`
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return value.size === 0 ? undefined : Object.fromEntries(value)
  return typeof value === 'bigint' ? Number(value) : value
}
