// Was any POST carried out twice? Members note the id of each they are given before they do anything else.
import { readFileSync } from 'node:fs'

export interface PostReport {
  readonly asked: number
  readonly answered: number
  /** Ids noted more than once: an unsafe retry. */
  readonly twice: readonly string[]
  /** Ids answered 200 that nobody noted: somebody else's answer. */
  readonly unknown: readonly string[]
}

/** @param posts by id: whether it was answered 200; of those sent to members that take notes */
export function comparePosts(posts: ReadonlyMap<string, boolean>, notes: readonly string[]): PostReport {
  const noted = new Set<string>()
  const twice = new Set<string>()
  for (const path of notes) {
    for (const id of readFileSync(path, 'utf8').split('\n')) {
      if (noted.has(id)) twice.add(id)
      else if (id !== '') noted.add(id)
    }
  }
  const answered = [...posts].filter(([, done]) => done).map(([id]) => id)
  return {
    asked: posts.size,
    answered: answered.length,
    twice: [...twice],
    unknown: answered.filter((id) => !noted.has(id)),
  }
}
