// The life of every container the engine spoke of, with the timers it takes. Kept for containers without members too: a kill
// may be observed before the declaration that introduces its member is applied, and must not be forgotten by it.
import type { ContainerEvent } from '../model/container-event.ts'
import type { ContainerRef } from '../model/service-config.ts'
import { timerMaxMs } from './checks/pace.ts'
import { nextLife, unknownLife } from './life-cycle.ts'
import type { Life, LifeEvent, Phase } from './life-cycle.ts'

/** Added to the engine's stop timeout before a container that did not die is taken back. */
const surviveMarginMs = 2000
const stopTimeoutDefaultMs = 10_000
/** Of containers nothing is declared of; the one heard of longest ago is forgotten first. */
const strangersMax = 10_000

interface Kept {
  life: Life
  timer: NodeJS.Timeout | undefined
}

export class ContainerLives {
  readonly #lives = new Map<string, Kept>()
  /** Those that left a network since the last declaration. */
  readonly #moving = new Set<string>()
  readonly #onTime: (containerId: string, provesAgain: boolean) => void

  /** @param onTime told when time alone has changed a life; `provesAgain` as `observe` returns it */
  constructor(onTime: (containerId: string, provesAgain: boolean) => void) {
    this.#onTime = onTime
  }

  /** A member out of a file has no container: always running. */
  of(container: ContainerRef | undefined): Life {
    if (container === undefined) return unknownLife
    return this.#lives.get(container.id)?.life ?? { ...unknownLife, health: container.health }
  }

  phaseOf(containerId: string): Phase {
    return this.#lives.get(containerId)?.life.phase ?? 'running'
  }

  /** The stop it was drained for will not come; true when it runs as before. */
  takeBack(containerId: string): boolean {
    const kept = this.#lives.get(containerId)
    if (kept?.life.phase !== 'draining') return false
    clearTimeout(kept.timer)
    kept.life = nextLife(kept.life, { kind: 'survived' }, performance.now())
    return true
  }

  /** Takes over what an inspection found of these containers. */
  sync(containers: Iterable<ContainerRef>): void {
    for (const { id, health, paused } of containers) this.#apply(id, { kind: 'found', health, paused })
  }

  /**
   * All that was heard of is in the declaration that is in force now: what it still has of a network that was left was
   * looked at since. Returns the containers that had left one.
   */
  confirm(): readonly string[] {
    const moved = [...this.#moving]
    for (const id of moved) this.#apply(id, { kind: 'confirmed' })
    this.#moving.clear()
    return moved
  }

  /**
   * Containers that are no longer declared and do not run, but for those that crashed: they may be started again. And of
   * strangers the oldest, when there are too many.
   */
  forgetExcept(isDeclared: (containerId: string) => boolean): void {
    let surplus = this.#lives.size - strangersMax
    for (const [id, { life }] of this.#lives) {
      const isOver = life.phase === 'stopped' && life.crashes.count === 0
      if ((!isOver && surplus <= 0) || isDeclared(id)) continue
      this.#forget(id)
      surplus--
    }
  }

  /** Applies an event; true when members must prove again that they accept before they are chosen. */
  observe(event: ContainerEvent): boolean {
    const { containerId, stopTimeoutMs } = event
    const before = this.#lives.get(containerId)?.life ?? unknownLife
    const told = lifeEventOf(event)
    if (told === undefined) return false
    const kept = this.#apply(containerId, told)
    if (told.kind === 'disconnect' && kept.life.left.size > 0) this.#moving.add(containerId)
    // Another signal begins the wait for the end anew.
    if (told.kind === 'drain' && kept.life.phase === 'draining') this.#expectDeath(containerId, kept, stopTimeoutMs)
    else if (kept.life !== before && kept.life.phase !== before.phase) this.#await(containerId, kept)
    else if (told.kind === 'start' && kept.life !== before) this.#await(containerId, kept)
    const { phase } = kept.life
    const runs = phase === 'running' || phase === 'restarting'
    return runs && kept.life !== before && (phase !== before.phase || told.kind === 'start')
  }

  /** A member of it takes requests from now on. */
  becameReady(container: ContainerRef | undefined): void {
    if (container !== undefined) this.#apply(container.id, { kind: 'ready' })
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#lives.values()) clearTimeout(timer)
  }

  #apply(id: string, event: LifeEvent): Kept {
    let kept = this.#lives.get(id)
    if (kept === undefined) {
      kept = { life: unknownLife, timer: undefined }
      this.#lives.set(id, kept)
    }
    kept.life = nextLife(kept.life, event, performance.now())
    return kept
  }

  #await(id: string, kept: Kept): void {
    clearTimeout(kept.timer)
    const { wait } = kept.life
    kept.timer = wait && setTimeout(() => this.#pass(id, kept, 'rested'), wait.ms).unref()
  }

  #expectDeath(id: string, kept: Kept, stopTimeoutMs = stopTimeoutDefaultMs): void {
    clearTimeout(kept.timer)
    // A longer timer would fire at once.
    const waitMs = Math.min(stopTimeoutMs + surviveMarginMs, timerMaxMs)
    kept.timer = setTimeout(() => this.#pass(id, kept, 'survived'), waitMs).unref()
  }

  #pass(id: string, kept: Kept, kind: 'rested' | 'survived'): void {
    kept.life = nextLife(kept.life, { kind }, performance.now())
    this.#onTime(id, kind === 'survived')
  }

  #forget(id: string): void {
    clearTimeout(this.#lives.get(id)?.timer)
    this.#lives.delete(id)
    this.#moving.delete(id)
  }
}

function lifeEventOf({ kind, at, health, network }: ContainerEvent): LifeEvent | undefined {
  switch (kind) {
    case 'start':
      return { kind, at }
    case 'health':
      return health === undefined ? undefined : { kind, health }
    case 'disconnect':
      return network === undefined ? undefined : { kind, network }
    case 'drain':
    case 'die':
    case 'destroy':
    case 'pause':
    case 'unpause':
  }
  return { kind }
}
