// Identity over time: what is equal to what was there before is the same object, so that nobody behind has to compare.
import { isDeepStrictEqual } from 'node:util'
import type { Problem } from '../../model/problem.ts'
import type { Outcome } from './elections.ts'

export function kept<T>(last: T | undefined, now: T): T {
  return last !== undefined && isDeepStrictEqual(last, now) ? last : now
}

/** One side of what was decided, by name: the same map while every value in it is the same. */
export function createView<R, V>(pick: (result: R) => V): (outcome: Outcome<unknown, R>) => ReadonlyMap<string, V> {
  let seen: Outcome<unknown, R>['decided'] | undefined
  let view: ReadonlyMap<string, V> = new Map()
  return ({ decided }) => {
    if (decided === seen) return view
    seen = decided
    const next = new Map<string, V>()
    let same = decided.size === view.size
    for (const [name, { result }] of decided) {
      const value = pick(result)
      next.set(name, value)
      same &&= view.get(name) === value
    }
    if (!same) view = next
    return view
  }
}

/** Problems that were told before are the same objects again; nothing new at all: the same list. */
export function createProblemMemory(): (problems: readonly Problem[]) => readonly Problem[] {
  const keys = new WeakMap<Problem, string>()
  let byKey: ReadonlyMap<string, Problem> = new Map()
  let last: readonly Problem[] = []
  return (problems) => {
    const told = new Map<string, Problem>()
    const now = problems.map((problem) => {
      const key = keys.get(problem) ?? JSON.stringify(problem)
      const same = byKey.get(key) ?? problem
      keys.set(problem, key)
      told.set(key, same)
      return same
    })
    byKey = told
    if (now.length !== last.length || now.some((problem, i) => problem !== last[i])) last = now
    return last
  }
}
