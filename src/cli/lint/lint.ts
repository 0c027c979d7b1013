// The table of rules, and what they say of a project.
import { assemble } from '../compose/assemble.ts'
import type { ComposeProject } from '../compose/project.ts'
import type { LintFinding, Rule, Severity } from './finding.ts'
import { placeOf } from './show-finding.ts'
import { composeProblem, problems } from './problems.ts'
import { dollar } from './rules/dollar.ts'
import { deployLabels, notEnabled } from './rules/enable.ts'
import { musterOnly } from './rules/muster-only.ts'
import { pathPrefix } from './rules/path-prefix.ts'
import { noPort } from './rules/port.ts'
import { proxyOptions } from './rules/proxy-options.ts'
import { shadowed } from './rules/shadowed.ts'
import { stickyAlone, unused } from './rules/unused.ts'

const rules: Readonly<Record<string, Rule>> = {
  problem: problems,
  dollar,
  'not-enabled': notEnabled,
  'deploy-labels': deployLabels,
  'no-port': noPort,
  shadowed,
  unused,
  'sticky-alone': stickyAlone,
  'path-prefix': pathPrefix,
  'muster-only': musterOnly,
  'proxy-options': proxyOptions,
}

/** In the order of files and lines. What compose itself would refuse comes among them, as the rule `compose`. */
export async function lint(
  project: ComposeProject,
  readFile: (path: string) => string | undefined,
): Promise<readonly LintFinding[]> {
  const assembly = await assemble(project, readFile)
  const compose = project.problems.map((problem) => ({ rule: 'compose', ...composeProblem(problem) }))
  const said = Object.entries(rules).flatMap(([rule, check]) => check(assembly).map((found) => ({ rule, ...found })))
  const distinct = new Map(
    [...compose, ...said].map((found) => [`${placeOf(found.position, project.directory)} ${found.message}`, found]),
  )
  return [...distinct.values()].sort(
    (a, b) =>
      order(project.files, a) - order(project.files, b) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column ||
      ranks[a.severity] - ranks[b.severity],
  )
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

/** Files that were named, then those they include or extend. */
function order(files: readonly string[], { position }: LintFinding): number {
  const index = files.indexOf(position.file)
  return index === -1 ? files.length : index
}
