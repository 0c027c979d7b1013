// The life of a container as a pure function of what its engine says of it, and what that makes of its members.
//
//   phase \ event   drain     survived  die      start    pause   unpause
//   running         draining  ·         stopped  running  paused  running
//   draining        ·         running   stopped  running  ·       ·
//   paused          draining  ·         stopped  running  ·       running
//   stopped         ·         ·         ·        running  ·       ·
//
// `drain` is the moment a stop begins: Docker logs it milliseconds after the signal, while the process may still work
// for seconds. `survived` means the stop timeout passed without a `die`: the signal was handled and the container lives.
// A stop of a paused container sends drain, unpause, die: the unpause must not bring it back.
import type { ContainerRef } from '../model/dynamic-config.ts'

export type Phase = 'running' | 'draining' | 'paused' | 'stopped'
export type LifeEvent = 'drain' | 'survived' | 'die' | 'start' | 'pause' | 'unpause'

const transitions: Record<Phase, Partial<Record<LifeEvent, Phase>>> = {
  running: { drain: 'draining', die: 'stopped', pause: 'paused' },
  draining: { survived: 'running', die: 'stopped', start: 'running' },
  paused: { drain: 'draining', die: 'stopped', start: 'running', unpause: 'running' },
  stopped: { start: 'running' },
}

export function nextPhase(phase: Phase, event: LifeEvent): Phase {
  return transitions[phase][event] ?? phase
}

/** Where a member stands. Only `ready` takes new requests. */
export type MemberState = 'starting' | 'ready' | 'draining' | 'paused' | 'down'

/** The one place that decides whether a member may be chosen, with the reason a person can read. */
export function memberState(
  phase: Phase,
  health: ContainerRef['health'],
  accepting: boolean,
): { readonly state: MemberState; readonly reason: string } {
  if (phase === 'stopped') return { state: 'down', reason: 'container stopped' }
  if (phase === 'draining') return { state: 'draining', reason: 'container is being stopped' }
  if (phase === 'paused') return { state: 'paused', reason: 'container is paused' }
  if (health === 'unhealthy') return { state: 'down', reason: 'Docker health is unhealthy' }
  if (health === 'starting') return { state: 'starting', reason: 'Docker health is starting' }
  if (health === 'none' && !accepting) return { state: 'starting', reason: 'waiting for its port to accept' }
  return { state: 'ready', reason: health === 'none' ? 'port accepts' : 'Docker health is healthy' }
}
