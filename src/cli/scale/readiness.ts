// When a new replica is ready: when the running controller gives it requests and, where it is none of its members, when
// Docker's health or an accepting port says so. A replica whose process ends is not waited for.
import { setTimeout as delay } from 'node:timers/promises'
import type { ReplicaVitals } from '../../provider/docker/replicas/vitals.ts'
import { membersOf } from './controller.ts'
import type { Ground } from './ground.ts'
import { probePorts } from './port-probe.ts'

export type Outcome =
  | { readonly step: 'ready'; readonly detail?: string }
  | { readonly step: 'failed'; readonly detail: string; readonly log?: readonly string[] }
  /** Somebody would not wait any longer. */
  | { readonly step: 'kept'; readonly detail: string }

export interface Awaited {
  readonly id: string
  readonly name: string
  /** Its fellows are members of the controller, so it will be one. */
  readonly isMember: boolean
  readonly waits: (reason: string) => void
}

type Look = { readonly is: 'ready'; readonly how?: string } | { readonly is: 'waiting'; readonly reason: string }

const pauseMs = 100
const logLines = 5
/** A port that cannot be reached may only not be reachable yet: the address was another container's a moment ago. */
const unreachableMs = 3000

export async function untilReady(replica: Awaited, ground: Ground): Promise<Outcome> {
  const { engine, signal, timeoutMs } = ground
  const began = performance.now()
  const look = looker(replica, ground)
  let reason = 'it is starting'
  while (performance.now() - began < timeoutMs) {
    if (signal.aborted) return { step: 'kept', detail: `it runs, and is not ready yet: ${reason}` }
    const vitals = await engine.vitals(replica.id, signal)
    if (vitals === undefined) return { step: 'failed', detail: 'somebody removed it' }
    const death = deathOf(vitals)
    if (death !== undefined) return withLog(replica.id, death, ground)
    const seen = await look(vitals)
    if (seen.is === 'ready') return { step: 'ready', ...(seen.how !== undefined && { detail: seen.how }) }
    if (seen.reason !== reason) replica.waits(seen.reason)
    reason = seen.reason
    await delay(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  return withLog(replica.id, `it runs, and is not ready after ${timeoutMs / 1000} s: ${reason}`, ground)
}

/** The engine starts some again by itself; that it had to once is enough. */
function deathOf({ status, exitCode, restarts }: ReplicaVitals): string | undefined {
  const isDead = status === 'exited' || status === 'dead' || status === 'restarting'
  if (!isDead && restarts === 0) return undefined
  const again = restarts > 0 || status === 'restarting' ? ', and is started again and again' : ''
  return `its process ended with exit code ${exitCode}${again}`
}

function looker(
  { name, isMember }: Awaited,
  { controller, isLocal }: Ground,
): (vitals: ReplicaVitals) => Promise<Look> {
  let unreachableSince: number | undefined
  return async (vitals) => {
    const members = await controller?.members()
    const own = membersOf(members ?? [], name)
    const late = own.find(({ state }) => state !== 'ready')
    if (late !== undefined) return { is: 'waiting', reason: `${late.state}: ${late.reason}` }
    if (own.length > 0) return { is: 'ready' }
    if (isMember && members !== undefined) return { is: 'waiting', reason: 'the controller has not seen it yet' }
    const { health, ports, status } = vitals
    if (status !== 'running') return { is: 'waiting', reason: `it is ${status}` }
    if (health === 'healthy') return { is: 'ready' }
    if (health !== 'none') return { is: 'waiting', reason: `Docker health is ${health}${lastProbe(vitals)}` }
    if (ports.length === 0 || !isLocal) return { is: 'ready', how: 'it runs' }
    const reached = await probePorts(vitals)
    if (reached === 'accepts') return { is: 'ready' }
    const reason = `no port accepts of ${ports.slice(0, 5).join(', ')}`
    if (reached === 'refuses') unreachableSince = undefined
    else unreachableSince ??= performance.now()
    const isCutOff = unreachableSince !== undefined && performance.now() - unreachableSince > unreachableMs
    return isCutOff ? { is: 'ready', how: 'it runs; its ports cannot be asked from here' } : { is: 'waiting', reason }
  }
}

function lastProbe({ probeSaid }: ReplicaVitals): string {
  const line = probeSaid.trim().split('\n').at(-1) ?? ''
  return line === '' ? '' : ` (${line.slice(0, 120)})`
}

async function withLog(id: string, detail: string, { engine }: Ground): Promise<Outcome> {
  const log = await engine.lastLines(id, logLines, AbortSignal.timeout(5000))
  return { step: 'failed', detail, ...(log.length > 0 && { log }) }
}
