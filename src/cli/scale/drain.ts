// A member is drained by edits of its status: first N, which leaves it its sessions, and in the end D, which leaves it
// nobody, so that no request is under way when its process is told to stop.
import { setTimeout as delay } from 'node:timers/promises'
import { membersOf } from './controller.ts'
import type { Member } from './controller.ts'
import type { Ground } from './ground.ts'

export interface Drained {
  /** In the order they were made. */
  readonly edits: readonly number[]
  readonly slots: readonly string[]
}

const pauseMs = 100
/** So long after the last request of a session its client is taken to be gone. */
const sessionQuietMs = 60_000
const nothing: Drained = { edits: [], slots: [] }

/** Resolves when nobody is served by that replica any more, or the time for it is over: half of what there is, at most. */
export async function drain(replica: string, ground: Ground, waits: (reason: string) => void): Promise<Drained> {
  const { controller, timeoutMs, signal } = ground
  if (controller === undefined || controller.readOnly !== undefined) return nothing
  const members = membersOf((await controller.members()) ?? [], replica)
  const edits: number[] = []
  const made = { edits, slots: members.map(({ slot }) => slot) }
  const setAll = async (letter: 'N' | 'D'): Promise<void> => {
    for (const member of members) {
      const letters = letter === 'N' ? `${member.status}N` : `${member.status}ND`
      const answer = await controller.setStatus(member, letters, AbortSignal.timeout(5000))
      if (answer.ok) edits.push(answer.edit)
      else ground.tell({ event: 'note', message: `${replica} is stopped without being drained: ${answer.message}` })
    }
  }
  const until = async (letter: 'N' | 'D', isDone: (member: Member) => boolean, ceilingMs: number): Promise<void> => {
    const began = performance.now()
    while (performance.now() - began < ceilingMs && !signal.aborted) {
      const now = membersOf((await controller.members()) ?? [], replica)
      // An answer from before the edit says nothing of what it led to.
      if (now.every((member) => member.status.includes(letter) && isDone(member))) return
      waits(whatIsLeft(now))
      await delay(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
  if (members.length === 0) return nothing
  waits('no new requests')
  await setAll('N')
  if (edits.length < members.length) return made
  await until('N', isQuiet, timeoutMs / 2)
  if (signal.aborted) return made
  await setAll('D')
  await until('D', ({ busy }) => busy === 0, timeoutMs / 4)
  return made
}

/** Takes the edits back, the last one first. */
export async function release({ edits, slots }: Drained, { controller, tell }: Ground): Promise<void> {
  for (const edit of edits.toReversed()) {
    const failure = await controller?.undo(edit, AbortSignal.timeout(5000))
    if (failure === undefined) continue
    const message = `${slots.join(', ')} is still drained, set its status back to null before it is filled again: ${failure}`
    tell({ event: 'note', message })
    return
  }
}

/** No request is under way, and whoever has a session there has not been seen for a while. */
function isQuiet({ busy, draining }: Member): boolean {
  if (busy > 0) return false
  const lastStuckAt = draining?.lastStuckAt
  return draining?.done === true || lastStuckAt === undefined || Date.now() - lastStuckAt > sessionQuietMs
}

function whatIsLeft(members: readonly Member[]): string {
  const busy = members.reduce((sum, member) => sum + member.busy, 0)
  if (busy === 0) return 'its sessions may go on for a while'
  return busy === 1 ? 'one request is under way' : `${busy} requests are under way`
}
