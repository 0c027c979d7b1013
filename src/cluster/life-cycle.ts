// The life of a container as a pure function of what its engine says of it. What it makes of its members: availability.ts.
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
