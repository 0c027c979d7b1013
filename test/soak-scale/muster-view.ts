// What Muster's API says of the engine it follows, and of its members.
import { setTimeout as delay } from 'node:timers/promises'
import { SetupError } from '../../compose/setup/run.ts'
import { freePort } from '../bench/program.ts'
import { epochMs } from './books.ts'

const patienceMs = 60_000
const everyMs = 10

export class MusterView {
  readonly #port: number

  private constructor(port: number) {
    this.#port = port
  }

  static async open(): Promise<MusterView> {
    return new MusterView(await freePort())
  }

  /** What Muster is to be started with. */
  get words(): readonly string[] {
    return ['--api.insecure', `--entrypoints.traefik.address=127.0.0.1:${this.#port}`]
  }

  /** Called before an engine goes away. Resolves to when it had all its containers again, milliseconds since the epoch. */
  async untilBack(): Promise<number> {
    const deadline = performance.now() + patienceMs
    for (let wasLost = false; performance.now() < deadline; await delay(everyMs)) {
      const isLost = /not reachable since/.test(await this.#ask('problems'))
      if (wasLost && !isLost) return epochMs()
      wasLost ||= isLost
    }
    throw new SetupError(`Muster did not find its engine again within ${patienceMs / 1000} s`)
  }

  async untilReady(service: string, count: number): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (performance.now() < deadline) {
      const members = JSON.parse(await this.#ask('members')) as readonly Record<string, unknown>[]
      if (members.filter((member) => member['service'] === service && member['state'] === 'ready').length === count)
        return
      await delay(everyMs)
    }
    throw new SetupError(`Muster did not have ${count} members ready within ${patienceMs / 1000} s`)
  }

  async #ask(what: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#port}/api/muster/${what}`)).text()
  }
}
