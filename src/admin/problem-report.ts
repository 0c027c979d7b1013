// `/api/muster/problems`: what is wrong with the configuration, each with its place and the way out; before that, what may be
// out of date because its source does not answer.
import { describeProblem } from '../model/problem.ts'
import type { AdminSources } from './sources.ts'

export function problems({ store, troubles }: AdminSources): object[] {
  const own = store.current.problems.map((problem) => {
    const { provider, source, field } = problem
    const place = provider === 'docker' ? { container: source, label: field } : { file: source, option: field }
    return { ...problem, ...place, text: describeProblem(problem) }
  })
  return [...troubles().map((trouble) => ({ ...trouble, text: describeProblem(trouble) })), ...own]
}
