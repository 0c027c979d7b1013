// The running controller as far as scaling is concerned: which members it has, and edits that drain them.
import { setTimeout as delay } from 'node:timers/promises'
import { askApi, postApi } from '../api-client.ts'
import type { ApiAnswer } from '../api-client.ts'

/** Of `/api/muster/members`. */
export interface Member {
  readonly service: string
  readonly slot: string
  /** The container's name; absent: it has none. */
  readonly container?: string
  readonly state: string
  readonly reason: string
  /** Apache's letters. */
  readonly status: string
  readonly busy: number
  readonly draining?: { readonly lastStuckAt?: number; readonly done: boolean }
}

export interface Controller {
  /** Why it takes no edits; undefined: it does. */
  readonly readOnly: string | undefined
  /** As of now, or a moment ago; undefined when it does not answer any more. */
  members(): Promise<readonly Member[] | undefined>
  /** Resolves with the number of the edit once it holds in all threads. */
  setStatus(member: Member, status: string, signal: AbortSignal): Promise<Edited>
  /** Why it could not be taken back; undefined: it was. */
  undo(edit: number, signal: AbortSignal): Promise<string | undefined>
}

export type Edited = { readonly ok: true; readonly edit: number } | { readonly ok: false; readonly message: string }

interface Session {
  readonly token: string
  readonly editable: boolean
  readonly reason?: string
}

/** Many replicas are waited for at once; one answer is good enough for all of them. */
const freshMs = 100
const patienceMs = 5000

export async function findController(api: string, signal: AbortSignal): Promise<ApiAnswer<Controller>> {
  const session = await sessionOf(api, signal)
  if (!session.ok && session.unreachable) return session
  const first = await askApi<readonly Member[]>(api, '/api/muster/members', signal)
  if (!first.ok) return first
  if (!Array.isArray(first.value)) {
    return { ok: false, unreachable: false, message: `${api} is not the API entrypoint of Muster` }
  }
  const { token, editable, reason } = session.ok
    ? session.value
    : { token: '', editable: false, reason: session.message }
  const members = cached(() => askApi<readonly Member[]>(api, '/api/muster/members', AbortSignal.timeout(10_000)))
  return {
    ok: true,
    value: {
      readOnly: editable ? undefined : (reason ?? 'it does not say why'),
      members,
      async setStatus({ service, slot }, status, stop) {
        const body = { service, slot, set: { status } }
        const answer = await postApi<{ readonly edit: number }>(api, '/api/muster/balancers', { token, body }, stop)
        return answer.ok ? { ok: true, edit: answer.value.edit } : answer
      },
      async undo(edit, stop) {
        const answer = await postApi(api, '/api/muster/undo', { token, body: { edit } }, stop)
        return answer.ok ? undefined : answer.message
      },
    },
  }
}

/** One that was just started has no configuration yet, and says 503. */
async function sessionOf(api: string, signal: AbortSignal): Promise<ApiAnswer<Session>> {
  const began = performance.now()
  for (;;) {
    const answer = await askApi<Session>(api, '/api/muster/session', signal)
    const isEarly = !answer.ok && answer.status === 503 && performance.now() - began < patienceMs
    if (!isEarly || signal.aborted) return answer
    await delay(freshMs, undefined, { signal }).catch(() => undefined)
  }
}

function cached(ask: () => Promise<ApiAnswer<readonly Member[]>>): Controller['members'] {
  let at = -Infinity
  let answer: Promise<readonly Member[] | undefined> = Promise.resolve(undefined)
  return () => {
    const now = performance.now()
    if (now - at > freshMs) {
      at = now
      answer = ask().then((given) => (given.ok ? given.value : undefined))
    }
    return answer
  }
}

/** Of one replica; several where several services lead to it. */
export function membersOf(members: readonly Member[], replica: string): readonly Member[] {
  return members.filter(({ container }) => container === replica)
}
