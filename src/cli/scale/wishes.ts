// `web=4 api=2` → how many replicas of which service are wanted.

export interface Wish {
  readonly service: string
  readonly count: number
}

export type Wishes =
  | { readonly ok: true; readonly wishes: readonly Wish[] }
  | { readonly ok: false; readonly message: string }

/** Of one service; more is a slip of the finger. */
const countMax = 1000

export function readWishes(words: readonly string[]): Wishes {
  const wishes: Wish[] = []
  for (const word of words) {
    const [, service = '', text = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? []
    const shown = JSON.stringify(word.length > 80 ? `${word.slice(0, 80)}…` : word)
    if (service === '') return { ok: false, message: `${shown} is no SERVICE=N, as in web=4` }
    const count = Number(text)
    if (!/^\d+$/.test(text)) return { ok: false, message: `${shown}: the number of replicas is a whole one, from 0 on` }
    if (count > countMax)
      return { ok: false, message: `${shown}: more than ${countMax} replicas of a service are not made` }
    if (wishes.some((wish) => wish.service === service)) {
      return { ok: false, message: `the service "${service}" is named twice` }
    }
    wishes.push({ service, count })
  }
  return { ok: true, wishes }
}
