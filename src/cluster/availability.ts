// What all that is known of a member makes of it: the one place that decides whether it may be chosen, with the reason a
// person can read. First what people and Docker did on purpose, then what was found out.
import type { Admits } from '../ledger/row.ts'
import type { ContainerRef } from '../model/service-config.ts'
import type { Life } from './life-cycle.ts'

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
  readonly phase: Life['phase']
  /** Docker's. */
  readonly health: ContainerRef['health']
  /** It left the network it is reached through. */
  readonly left: boolean
  /** Why it is left alone after its start. */
  readonly wait: Life['wait']
  /** What it has to prove before it takes requests, beyond what others say of it; undefined: nothing. */
  readonly proof: 'port' | 'readiness' | undefined
  /** It was seen to. */
  readonly accepting: boolean
  /** Its service keeps sessions on a container that is being stopped. */
  readonly keepsSessions: boolean
  /** The time it had to drain is over. */
  readonly overdue: boolean
  /** A newer generation of its service is ready, and the service wants that one alone. */
  readonly superseded: boolean
  /** A scale-down has begun that is likely to take it as well. */
  readonly foreseen: boolean
  /** Apache's letters. */
  readonly status: string
  /** `none`: it has no health check; `unknown`: the first one is under way. */
  readonly check: 'none' | 'unknown' | { readonly up: boolean; readonly reason: string }
  /** Why it is out for a while, by what its answers were like. */
  readonly ejected: string | undefined
  /** Why it is passed over: a connection to it failed. */
  readonly failure: string | undefined
}

/**
 * What becomes of connections to it. `resume`: they are used. `rest`: idle ones close, those in use when their exchange
 * ends. `break`: those in use end as well. `cut`: its address is no longer its own.
 */
export type Connections = 'resume' | 'rest' | 'break' | 'cut'

export interface Availability {
  readonly state: MemberState
  readonly reason: string
  readonly admits: Admits
  readonly connections: Connections
}

export function availability(facts: Facts): Availability {
  const { phase, status, ejected, failure } = facts
  if (phase === 'stopped') return out('down', 'container stopped', 'cut')
  if (facts.left) return out('down', 'container left its network', 'cut')
  if (status.includes('S')) return out('stopped', 'stopped by its status S')
  if (status.includes('D')) return out('disabled', 'disabled by its status D')
  if (phase === 'draining') return beingStopped(facts)
  if (phase === 'paused') return out('paused', 'container is paused')
  if (facts.wait !== undefined) return out('starting', facts.wait.reason)
  const unproven = unprovenReason(facts)
  if (unproven !== undefined) return unproven
  if (ejected !== undefined) return out('ejected', ejected)
  const admits = status.includes('N') || facts.superseded || facts.foreseen ? 'sessions' : 'everybody'
  if (failure !== undefined) return taking(admits, 'error', failure)
  if (status.includes('N')) return taking(admits, 'draining', 'drains by its status N: only its sessions')
  if (facts.superseded) return taking(admits, 'draining', 'a newer generation is ready: only its sessions')
  if (facts.foreseen) return taking(admits, 'ready', 'a scale-down has begun and may take it too: only its sessions')
  return taking(admits, 'ready', proofOf(facts))
}

function beingStopped(facts: Facts): Availability {
  if (facts.overdue) return out('draining', 'container is being stopped: its time to drain is over', 'break')
  const serves = facts.keepsSessions && unprovenReason(facts) === undefined
  if (serves) return taking('sessions', 'draining', 'container is being stopped: only its sessions')
  return out('draining', 'container is being stopped')
}

/** Not shown yet, or no longer, that it can serve. */
function unprovenReason({ health, proof, accepting, check }: Facts): Availability | undefined {
  if (health === 'unhealthy') return out('down', 'Docker health is unhealthy')
  if (health === 'starting') return out('starting', 'Docker health is starting')
  if (proof === 'readiness' && !accepting) return out('starting', 'waiting for its readiness path to answer')
  if (check === 'unknown') return out('starting', 'its first health check is under way')
  if (check !== 'none') return check.up ? undefined : out('unhealthy', check.reason)
  return proof === 'port' && !accepting ? out('starting', 'waiting for its port to accept') : undefined
}

function proofOf({ health, proof, check }: Facts): string {
  if (check !== 'none' && check !== 'unknown') return check.reason
  if (health !== 'none') return 'Docker health is healthy'
  return proof === 'readiness' ? 'its readiness path answers' : 'port accepts'
}

function taking(admits: Admits, state: MemberState, reason: string): Availability {
  return { state, reason, admits, connections: 'resume' }
}

function out(state: MemberState, reason: string, connections: Connections = 'rest'): Availability {
  return { state, reason, admits: 'nobody', connections }
}
