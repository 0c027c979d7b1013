// What the engine says happened to a container, and when by its own clock.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Container } from './compose.ts'

export class EngineEvents {
  readonly #child
  readonly #lines

  constructor(container: Container) {
    // From now on by the engine's clock: what happens before the command has connected is replayed.
    const since = ['--since', String(Math.floor(Date.now() / 1000))]
    const args = ['events', ...since, '--filter', `container=${container.id}`, '--format', '{{.Action}} {{.TimeNano}}']
    this.#child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })
  }

  /** When the next event of that kind happens, in milliseconds since the epoch. */
  async next(action: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>()
    const listen = (line: string): void => {
      const [what, nanoseconds] = line.split(' ')
      if (what !== action) return
      this.#lines.off('line', listen)
      resolve(Number(nanoseconds) / 1e6)
    }
    this.#lines.on('line', listen)
    return promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill()
    await once(this.#child, 'close')
  }
}
