// Identity over time: what is equal to what was there before is the same object, so that nobody behind has to compare.
import { isDeepStrictEqual } from 'node:util'
import { withChanges } from '../../model/changes.ts'
import type { Problem } from '../../model/problem.ts'
import type { Outcome } from './elections.ts'

export function kept<T>(last: T | undefined, now: T): T {
  return last !== undefined && isDeepStrictEqual(last, now) ? last : now
}

/** One side of what was decided, by name: the same map while every value in it is the same. */
export function createView<R, V>(pick: (result: R) => V): (outcome: Outcome<unknown, R>) => ReadonlyMap<string, V> {
  let view: ReadonlyMap<string, V> = new Map()
  return ({ changes }) => {
    const picked = new Map<string, V | undefined>()
    for (const [name, decided] of changes) {
      const value = decided === undefined ? undefined : pick(decided.result)
      if (value !== view.get(name)) picked.set(name, value)
    }
    view = withChanges(view, picked)
    return view
  }
}

/**
 * Problems that were told before are the same objects again; nothing new at all: the same list.
 * @param lists are not looked into while each is the one it was
 */
export function createProblemMemory(): (lists: readonly (readonly Problem[])[]) => readonly Problem[] {
  const keys = new WeakMap<Problem, string>()
  let byKey: ReadonlyMap<string, Problem> = new Map()
  let seen: readonly (readonly Problem[])[] = []
  let last: readonly Problem[] = []
  return (lists) => {
    if (lists.length === seen.length && lists.every((list, i) => list === seen[i])) return last
    seen = lists
    const told = new Map<string, Problem>()
    const now = lists.flat().map((problem) => {
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
