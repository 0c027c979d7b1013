// What all that is known of a member makes of it: the one place that decides whether it may be chosen, with the reason a
// person can read. First what people and Docker did on purpose, then what was found out.
import type { Admits } from '../ledger/row.ts'
import type { ContainerRef } from '../model/dynamic-config.ts'
import type { Phase } from './life-cycle.ts'

/**
 * Where a member stands. `ready` takes new requests; `draining` by a person's or a label's wish still serves its sessions;
 * `error` takes requests only when there is nobody else.
 */
export type MemberState =
  | 'starting'
  | 'ready'
  | 'draining'
  | 'paused'
  | 'down'
  | 'disabled'
  | 'stopped'
  | 'error'
  | 'unhealthy'
  | 'ejected'

export interface Facts {
  readonly phase: Phase
  /** Docker's. */
  readonly health: ContainerRef['health']
  /** Its port was seen to accept. */
  readonly accepting: boolean
  /** Apache's letters. */
  readonly status: string
  /** `none`: it has no health check; `unknown`: the first one is under way. */
  readonly check: 'none' | 'unknown' | { readonly up: boolean; readonly reason: string }
  /** Why it is out for a while, by what its answers were like. */
  readonly ejected: string | undefined
  /** Why it is passed over: a connection to it failed. */
  readonly failure: string | undefined
}

export interface Availability {
  readonly state: MemberState
  readonly reason: string
  readonly admits: Admits
}

export function availability(facts: Facts): Availability {
  const { phase, status, ejected, failure } = facts
  if (phase === 'stopped') return out('down', 'container stopped')
  if (status.includes('S')) return out('stopped', 'stopped by its status S')
  if (status.includes('D')) return out('disabled', 'disabled by its status D')
  if (phase === 'draining') return out('draining', 'container is being stopped')
  if (phase === 'paused') return out('paused', 'container is paused')
  const unproven = unprovenReason(facts)
  if (unproven !== undefined) return unproven
  if (ejected !== undefined) return out('ejected', ejected)
  const admits = status.includes('N') ? 'sessions' : 'everybody'
  if (failure !== undefined) return { state: 'error', reason: failure, admits }
  if (admits === 'sessions') return { state: 'draining', reason: 'drains by its status N: only its sessions', admits }
  return { state: 'ready', reason: proof(facts), admits }
}

/** Not shown yet, or no longer, that it can serve. */
function unprovenReason({ health, accepting, check }: Facts): Availability | undefined {
  if (health === 'unhealthy') return out('down', 'Docker health is unhealthy')
  if (health === 'starting') return out('starting', 'Docker health is starting')
  if (check === 'unknown') return out('starting', 'its first health check is under way')
  if (check !== 'none') return check.up ? undefined : out('unhealthy', check.reason)
  return health === 'none' && !accepting ? out('starting', 'waiting for its port to accept') : undefined
}

function proof({ health, check }: Facts): string {
  if (check !== 'none' && check !== 'unknown') return check.reason
  return health === 'none' ? 'port accepts' : 'Docker health is healthy'
}

function out(state: MemberState, reason: string): Availability {
  return { state, reason, admits: 'nobody' }
}
