// What happened lately, for people: an event, what became of it, and how long that took. Bounded in number and in text.
import type { MemberChange } from '../cluster/entry.ts'
import type { ContainerEvent } from '../model/container-event.ts'
import type { Update } from './reconciler.ts'

export interface JournalEntry {
  /** Increases, also from one process to the next. */
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly kind: 'event' | 'member' | 'update' | 'edit'
  readonly what: string
  readonly service?: string
  /** A slot, or a container's name. */
  readonly member?: string
  readonly detail?: string
  /** Since its cause. */
  readonly tookMs?: number
}

export type Happening = Omit<JournalEntry, 'id' | 'at'>

const entriesMax = 500
const textMax = 300
/** Of each kind of change that an update lists. */
const listedMax = 8

export class Journal {
  #entries: JournalEntry[] = []
  // From the clock: whoever has read up to an id of the last process must not miss what this one tells.
  #lastId = Date.now()

  get lastId(): number {
    return this.#lastId
  }

  /** Oldest first. */
  since(id: number): readonly JournalEntry[] {
    return this.#entries.filter((entry) => entry.id > id)
  }

  add(happening: Happening, at: number = Date.now()): void {
    const { kind, what, service, member, detail, tookMs } = happening
    this.#entries.push({
      id: ++this.#lastId,
      at,
      kind,
      what: bounded(what),
      ...(service === undefined ? {} : { service }),
      ...(member === undefined ? {} : { member: bounded(member) }),
      ...(detail === undefined || detail === '' ? {} : { detail: bounded(detail) }),
      ...(tookMs === undefined ? {} : { tookMs }),
    })
    if (this.#entries.length > entriesMax) this.#entries.shift()
  }
}

export function eventHappening({ kind, name, health }: ContainerEvent): Happening {
  return { kind: 'event', what: health === undefined ? kind : `${kind} ${health}`, member: name }
}

export function memberHappening({ member, before, after, at }: MemberChange, now: number): Happening {
  return {
    kind: 'member',
    what: `${before} → ${after}`,
    service: member.service,
    member: member.config.slot,
    detail: after === 'gone' ? 'no longer declared' : member.reason,
    ...(at === undefined ? {} : { tookMs: Math.max(0, now - at) }),
  }
}

export function updateHappening({ diff, causes, since }: Update, now: number): Happening {
  const changes = [listed('added', diff.added), listed('removed', diff.removed), listed('changed', diff.changed)]
  return {
    kind: 'update',
    what: causes.map(({ what }) => what).join(', '),
    detail: changes.filter((text) => text !== '').join('; '),
    // Without a cause it is not known since when.
    ...(Number.isFinite(since) ? { tookMs: Math.max(0, now - since) } : {}),
  }
}

function listed(word: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const more = names.length > listedMax ? ` and ${names.length - listedMax} more` : ''
  return `${word} ${names.slice(0, listedMax).join(', ')}${more}`
}

function bounded(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax - 1)}…`
}
