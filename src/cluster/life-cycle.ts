// The life of a container as a pure function of what its engine says of it, of time, and of what was found out. What it makes
// of its members, together with their probes and what people want: availability.ts.
//
//   phase \ event   drain     survived  die      start      pause   unpause  rested
//   running         draining  ·         stopped  running*   paused  ·        ·
//   draining        ·         running   stopped  running*   ·       ·        ·
//   paused          draining  ·         stopped  running*   ·       running  ·
//   stopped         ·         ·         ·        running*   ·       ·        ·
//   restarting      draining  ·         stopped  running*   paused  ·        running
//   * `restarting` when it has died by itself soon after it was ready, twice or more in a row: it waits until `rested`.
//
// `drain` is the moment a stop begins: Docker logs it milliseconds after the signal, while the process may still work
// for seconds. `survived` means the stop timeout passed without a `die`: the signal was handled and the container lives.
// A stop of a paused container sends drain, unpause, die: the unpause must not bring it back.
//
// Besides, whatever the phase: `health` and `found` (an inspection) bring Docker's health; `disconnect` takes the addresses
// on a network away, until `confirmed` by a declaration that knows of it; `ready` and `die` tell how long it served;
// `destroy` is the last `die`. A process that ends for another reason than a signal we saw has crashed. Times are those of this process: the engine's
// clock may jump.
import type { ContainerRef } from '../model/service-config.ts'

export type Phase = 'running' | 'draining' | 'paused' | 'stopped' | 'restarting'

export interface Life {
  readonly phase: Phase
  /** Docker's. */
  readonly health: ContainerRef['health']
  /** Networks it left lately. */
  readonly left: ReadonlySet<string>
  /** Since when it serves, or runs while it has not served since its start; by the clock of `nextLife`. */
  readonly upSince: number
  readonly hasServed: boolean
  /** What the engine calls the moment of its last start: said twice, it is one start. */
  readonly startAt: number | undefined
  readonly crashes: Crashes
  /** While `restarting`. */
  readonly wait: { readonly ms: number; readonly reason: string } | undefined
}

/** In a row, each soon after it was ready. */
interface Crashes {
  readonly count: number
  readonly firstAt: number
}

export type LifeEvent =
  | { readonly kind: 'drain' | 'survived' | 'die' | 'destroy' | 'pause' | 'unpause' | 'rested' | 'ready' | 'confirmed' }
  | { readonly kind: 'start'; readonly at: number }
  | { readonly kind: 'health'; readonly health: ContainerRef['health'] }
  | { readonly kind: 'disconnect'; readonly network: string }
  | { readonly kind: 'found'; readonly health: ContainerRef['health']; readonly paused: boolean }

/** Milliseconds. Who dies sooner after it was ready has crashed; who lives longer is forgiven what was before. */
const soonMs = 10_000
const forgivenMs = 60_000
/** The first crash costs nothing: it may be the only one. */
const firstWaitMs = 1000
const waitMaxMs = 30_000

const noCrashes: Crashes = { count: 0, firstAt: 0 }
const nowhere: ReadonlySet<string> = new Set()

/** As found at first sight: nobody knows since when. */
export const unknownLife: Life = {
  phase: 'running',
  health: 'none',
  left: nowhere,
  upSince: Number.NEGATIVE_INFINITY,
  hasServed: true,
  startAt: undefined,
  crashes: noCrashes,
  wait: undefined,
}

const phases: Record<Phase, Partial<Record<LifeEvent['kind'], Phase>>> = {
  running: { drain: 'draining', die: 'stopped', pause: 'paused' },
  draining: { survived: 'running', die: 'stopped' },
  paused: { drain: 'draining', die: 'stopped', unpause: 'running' },
  stopped: {},
  restarting: { drain: 'draining', die: 'stopped', pause: 'paused', rested: 'running' },
}

/** The same object when the event changes nothing. `now`: milliseconds of a clock that never jumps. */
export function nextLife(life: Life, event: LifeEvent, now: number): Life {
  switch (event.kind) {
    case 'start':
      return event.at === life.startAt ? life : started(life, event.at, now)
    case 'health':
      return event.health === life.health ? life : { ...life, health: event.health }
    case 'found':
      return found(life, event)
    case 'disconnect':
      // Of a container that does not run it says nothing new.
      return life.phase === 'stopped' ? life : { ...life, left: new Set([...life.left, event.network]) }
    case 'confirmed':
      return life.left.size === 0 ? life : { ...life, left: nowhere }
    case 'ready':
      return life.hasServed ? life : { ...life, upSince: now, hasServed: true }
    case 'die':
      return life.phase === 'stopped' ? life : died(life, now)
    case 'destroy':
      return { ...died(life, now), crashes: noCrashes }
    case 'drain':
    case 'survived':
    case 'pause':
    case 'unpause':
    case 'rested':
  }
  const phase = phases[life.phase][event.kind] ?? life.phase
  return phase === life.phase ? life : { ...life, phase, wait: undefined }
}

function started(life: Life, at: number, now: number): Life {
  const { count, firstAt } = life.crashes
  const begun = { ...life, left: nowhere, upSince: now, hasServed: false, startAt: at }
  if (count < 2) return { ...begun, phase: 'running', wait: undefined }
  const ms = Math.min(firstWaitMs * 2 ** (count - 2), waitMaxMs)
  const within = Math.max(1, Math.round((now - firstAt) / 1000))
  const reason = `restarted ${count} times in ${within} s: waits ${ms / 1000} s`
  return { ...begun, phase: 'restarting', wait: { ms, reason } }
}

function died(life: Life, now: number): Life {
  // Whoever has a health begins anew with it; the engine says nothing of that.
  const health = life.health === 'none' ? 'none' : 'starting'
  return { ...life, phase: 'stopped', health, left: nowhere, wait: undefined, crashes: crashesAfter(life, now) }
}

function crashesAfter({ phase, upSince, crashes }: Life, now: number): Crashes {
  const upMs = now - upSince
  // Whoever was told to stop did not crash, and whoever tells it begins anew.
  if (phase === 'draining' || upMs >= forgivenMs) return noCrashes
  if (upMs >= soonMs) return crashes
  return { count: crashes.count + 1, firstAt: crashes.count === 0 ? now : crashes.firstAt }
}

/**
 * Only running containers are found. Where an event was missed (the engine was away) this is the newer truth; a drain, and
 * what was learned of crashes, is not visible to it and stays.
 */
function found(life: Life, { health, paused }: LifeEvent & { readonly kind: 'found' }): Life {
  const awake = life.phase === 'paused' || life.phase === 'stopped' ? 'running' : life.phase
  const phase = paused && life.phase === 'running' ? 'paused' : paused ? life.phase : awake
  return phase === life.phase && health === life.health ? life : { ...life, phase, health }
}
