// Containers of which one comes whenever another goes.
import type { FakeEngine } from '../../support/fake-engine.ts'
import type { Loopback } from './loopback.ts'

export class ComingAndGoing {
  readonly #engine: FakeEngine
  readonly #members: Loopback
  readonly #present: { name: string; id: string }[] = []
  #count = 0
  /** The last that went. */
  lost = ''

  constructor(engine: FakeEngine, members: Loopback) {
    this.#engine = engine
    this.#members = members
  }

  get newest(): string {
    return this.#present.at(-1)?.name ?? ''
  }

  comes(): void {
    const name = `flap-${++this.#count}`
    this.#present.push({ name, id: this.#engine.add(this.#members.onHost(name)) })
  }

  turns(): void {
    this.comes()
    const oldest = this.#present.shift()
    if (oldest === undefined) return
    this.#engine.remove(oldest.id)
    this.lost = oldest.name
  }
}
