// What people change at run time: laid over what is declared, kept by the place it concerns. A replica that comes back
// fills its slot again and is edited as before.
import type { Method } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'

/** Of a member; a field that is absent is as declared. */
export interface MemberEdit {
  readonly weight?: number
  readonly route?: string
  /** Empty: none, whatever is declared. */
  readonly redirect?: string
  readonly lbset?: number
  /** All its letters, as in `MemberParameters`; empty: none, whatever is declared. */
  readonly status?: string
}

/** Of a balancer. */
export interface BalancerEdit {
  readonly method?: Method
  /** False: neither sticky cookie nor session count. True: Traefik's cookie, where none of them is declared. */
  readonly sticky?: boolean
  readonly failover?: boolean
  readonly maxAttempts?: number
  readonly retryMs?: number
}

/** Field → its value; null: as declared. */
export type FieldChanges = Readonly<Record<string, string | number | boolean | null>>

/** Where an edit is made: a balancer, or one of its members by its slot. */
export interface Place {
  readonly service: QualifiedName
  readonly slot: string | undefined
}

export interface ServiceEdits {
  readonly balancer: BalancerEdit | undefined
  readonly members: ReadonlyMap<string, MemberEdit>
}

/** All that are in force. A service that none concerns is not in it. */
export type Edits = ReadonlyMap<QualifiedName, ServiceEdits>

export const noEdits: ServiceEdits = { balancer: undefined, members: new Map() }

/** The edit of one place; undefined: it is as declared. */
export function editAt(edits: Edits, { service, slot }: Place): MemberEdit | BalancerEdit | undefined {
  const ofService = edits.get(service)
  return slot === undefined ? ofService?.balancer : ofService?.members.get(slot)
}

/** The edits with that one place changed; every other one stays the object it is. */
export function withChange(edits: Edits, place: Place, changes: FieldChanges): Edits {
  const { service, slot } = place
  const edit = withFields(editAt(edits, place), changes)
  const { balancer, members } = edits.get(service) ?? noEdits
  const after = new Map(edits)
  if (slot === undefined) after.set(service, { balancer: edit, members })
  else {
    const slots = new Map(members)
    if (edit === undefined) slots.delete(slot)
    else slots.set(slot, edit)
    after.set(service, { balancer, members: slots })
  }
  const { balancer: left, members: leftOf } = after.get(service) ?? noEdits
  if (left === undefined && leftOf.size === 0) after.delete(service)
  return after
}

/** The same from many at once; of two for one place the later counts. */
export function editsOf(all: Iterable<{ readonly place: Place; readonly changes: FieldChanges }>): Edits {
  const edits = new Map<QualifiedName, { balancer: BalancerEdit | undefined; members: Map<string, MemberEdit> }>()
  for (const { place, changes } of all) {
    const edit = withFields(undefined, changes)
    if (edit === undefined) continue
    const ofService = edits.get(place.service) ?? { balancer: undefined, members: new Map<string, MemberEdit>() }
    edits.set(place.service, ofService)
    if (place.slot === undefined) ofService.balancer = edit
    else ofService.members.set(place.slot, edit)
  }
  return edits
}

/** Undefined when no field is left. */
function withFields(before: MemberEdit | BalancerEdit | undefined, changes: FieldChanges): object | undefined {
  const fields = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/** Places with an edit. */
export function countEdits(edits: Edits): number {
  let count = 0
  for (const { balancer, members } of edits.values()) count += members.size + (balancer === undefined ? 0 : 1)
  return count
}
