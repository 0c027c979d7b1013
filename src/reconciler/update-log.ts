// What an operator reads of an update: one line for it, and one for every problem that came or went with it.
import { describeProblem } from '../model/problem.ts'
import type { Problem } from '../model/problem.ts'
import type { Logger } from '../observability/logger.ts'
import type { Update } from './reconciler.ts'

export function createUpdateLog(log: Logger): (update: Update) => void {
  let known = new Map<string, Problem>()
  return ({ snapshot, diff, causes, since }) => {
    const elapsedMs = Math.max(0, Date.now() - since)
    const { version, problems } = snapshot
    const { added, removed, changed } = diff
    const because = causes.map(({ what }) => what).join(', ')
    log.info(
      { snapshot: version, because, added, removed, changed, problems: problems.length, elapsedMs },
      'configuration updated',
    )

    // A problem is told once, when it appears; one that stays is in the API, not in every line of the log.
    const current = new Map(problems.map((problem) => [describeProblem(problem), problem]))
    for (const [text, problem] of current) if (!known.has(text)) logProblem(log, problem)
    for (const [text, { provider }] of known)
      if (!current.has(text)) log.info({ provider, problem: text }, 'problem solved')
    known = current
  }
}

function logProblem(log: Logger, { severity, provider, source, field, object, reason, hint }: Problem): void {
  const name = object && `${object.kind} ${object.name}`
  log[severity === 'error' ? 'error' : 'warn'](
    { provider, source, field, object: name, reason, hint },
    'problem in the configuration',
  )
}
