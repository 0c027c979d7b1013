// The phase and health of every container the engine spoke of. Kept for containers without members too: a kill may be
// observed before the declaration that introduces its member is applied, and must not be forgotten by it.
import type { ContainerEvent } from '../model/container-event.ts'
import type { ContainerRef } from '../model/dynamic-config.ts'
import { nextPhase } from './life-cycle.ts'
import type { Phase } from './life-cycle.ts'

/** Added to the engine's stop timeout before a container that did not die is taken back. */
const surviveMarginMs = 2000
const stopTimeoutDefaultMs = 10_000
/** The longest timer there is. */
const timerMax = 2 ** 31 - 1

interface Life {
  phase: Phase
  health: ContainerRef['health']
  drainTimer: NodeJS.Timeout | undefined
}

export class ContainerLives {
  readonly #lives = new Map<string, Life>()
  readonly #onSurvived: (containerId: string) => void

  constructor(onSurvived: (containerId: string) => void) {
    this.#onSurvived = onSurvived
  }

  /** A member out of a file has no container: always running. */
  of(container: ContainerRef | undefined): { readonly phase: Phase; readonly health: ContainerRef['health'] } {
    if (container === undefined) return { phase: 'running', health: 'none' }
    return this.#lives.get(container.id) ?? { phase: 'running', health: container.health }
  }

  /** Takes over what an inspection found of these containers. */
  sync(containers: Iterable<ContainerRef>): void {
    for (const { id, health, paused } of containers) {
      const life = this.#life(id)
      life.health = health
      // Only running containers are declared with members. Where an event was missed (the engine was away), what the
      // inspection found is the newer truth; a drain is not visible to it and stays.
      if (paused && life.phase === 'running') life.phase = 'paused'
      if (!paused && (life.phase === 'paused' || life.phase === 'stopped')) life.phase = 'running'
    }
  }

  /** Stopped containers that are no longer declared. */
  forgetExcept(isDeclared: (containerId: string) => boolean): void {
    for (const [id, { phase }] of this.#lives) if (phase === 'stopped' && !isDeclared(id)) this.#lives.delete(id)
  }

  /** Applies an event; true when members must prove again that they accept before they are chosen. */
  observe(event: ContainerEvent): boolean {
    const life = this.#life(event.containerId)
    if (event.kind === 'health') {
      life.health = event.health ?? life.health
      return false
    }
    const before = life.phase
    life.phase = nextPhase(before, event.kind === 'destroy' ? 'die' : event.kind)
    if (life.phase !== 'draining' || event.kind === 'drain') clearTimeout(life.drainTimer)
    if (life.phase === 'draining' && event.kind === 'drain') this.#expectDeath(event, life)
    return life.phase === 'running' && (before !== 'running' || event.kind === 'start')
  }

  [Symbol.dispose](): void {
    for (const { drainTimer } of this.#lives.values()) clearTimeout(drainTimer)
  }

  #expectDeath(event: ContainerEvent, life: Life): void {
    // A longer timer would fire at once.
    const waitMs = Math.min((event.stopTimeoutMs ?? stopTimeoutDefaultMs) + surviveMarginMs, timerMax)
    life.drainTimer = setTimeout(() => {
      life.phase = nextPhase(life.phase, 'survived')
      this.#onSurvived(event.containerId)
    }, waitMs).unref()
  }

  #life(id: string): Life {
    let life = this.#lives.get(id)
    if (life === undefined) {
      life = { phase: 'running', health: 'none', drainTimer: undefined }
      this.#lives.set(id, life)
    }
    return life
  }
}
