// The edits of this process that can still be taken back, and what taking one back would mean.
import { editAt } from './edit.ts'
import type { Edits, FieldChanges, Place } from './edit.ts'

/** One edit as it was made. */
export interface MadeEdit extends Place {
  /** Increases, also from one process to the next. */
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `drain shop/static/1`. */
  readonly what: string
  readonly set: FieldChanges
  /** What the edit of that place said of these fields before; null: as declared. */
  readonly before: FieldChanges
  /** The client's address. */
  readonly by: string
}

const keptMax = 100

export class History {
  #made: MadeEdit[] = []

  add(edit: MadeEdit): void {
    this.#made.push(edit)
    if (this.#made.length > keptMax) this.#made.shift()
  }

  find(id: number): MadeEdit | undefined {
    return this.#made.find((edit) => edit.id === id)
  }

  /** Why it cannot be taken back; undefined: it can. What somebody changed since is theirs. */
  whyFinal({ id, set, service, slot }: MadeEdit, edits: Edits): string | undefined {
    const now: object = editAt(edits, { service, slot }) ?? {}
    for (const [field, given] of Object.entries(set)) {
      if (valueOf(now, field) === given) continue
      const since = this.#made.findLast((edit) => isOf(edit, service, slot) && field in edit.set && edit.id > id)
      const who = since === undefined ? '' : ` by edit ${since.id} (${since.what}, from ${since.by})`
      return `${field} of ${slot ?? service} was changed since${who}: undo that first`
    }
    return undefined
  }
}

export function valueOf(edit: object, field: string): string | number | boolean | null {
  return (edit as FieldChanges)[field] ?? null
}

function isOf(edit: MadeEdit, service: string, slot: string | undefined): boolean {
  return edit.service === service && edit.slot === slot
}
