// Loaded before anything else in every thread of Muster: tells, when asked, what that thread holds on to.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { queryObjects } from 'node:v8'
import { BroadcastChannel, threadId } from 'node:worker_threads'

export interface ThreadLook {
  readonly thread: number
  /** What keeps its event loop alive, by kind. */
  readonly active: Readonly<Record<string, number>>
  /** Living objects by class, after everything that can be collected was: also what is unref'ed, or only forgotten. */
  readonly objects: Readonly<Record<ObjectKind, number>>
  readonly heapBytes: number
}

export type ObjectKind = 'sockets' | 'timers' | 'requests' | 'answers'

export const channelName = 'soak'

/** `look` is answered with a ThreadLook, by every thread. */
export type ProbeMessage = { readonly kind: 'look' } | { readonly kind: 'seen'; readonly look: ThreadLook }

const timer = setTimeout(() => undefined, 0)
clearTimeout(timer)
const classes: Readonly<Record<ObjectKind, object>> = {
  sockets: Socket,
  timers: timer.constructor,
  requests: IncomingMessage,
  answers: ServerResponse,
}

const channel = new BroadcastChannel(channelName)
channel.unref()
channel.onmessage = ({ data }) => {
  if ((data as ProbeMessage).kind === 'look') channel.postMessage({ kind: 'seen', look: look() } satisfies ProbeMessage)
}

function look(): ThreadLook {
  globalThis.gc?.()
  const active: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) active[kind] = (active[kind] ?? 0) + 1
  const objects = Object.entries(classes).map(([kind, type]) => [
    kind,
    queryObjects(type as never, { format: 'count' }),
  ])
  const heapBytes = process.memoryUsage().heapUsed
  return {
    thread: threadId,
    active,
    objects: Object.fromEntries(objects) as ThreadLook['objects'],
    heapBytes,
  }
}
