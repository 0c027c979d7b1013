// A program under the benchmark's care: started in a process group of its own, so that all of it dies with us.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { SetupError, lastLines } from '../../compose/setup/run.ts'

export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const outputKept = 20_000
const startCeilingMs = 30_000

const running = new Set<Program>()
process.on('exit', () => {
  for (const program of running) program.kill()
})

export class Program implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  #output = ''
  #listeners: ((text: string) => void)[] = []

  constructor({ command, args, env }: Launch) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    })
    this.#exited = once(this.#child, 'exit').catch((error: Error) => (this.#output += error.message))
    this.pid = this.#child.pid ?? 0
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-outputKept)
        for (const listener of this.#listeners) listener(text)
      })
    }
    running.add(this)
  }

  /** What it said last, indented. */
  get lastLines(): string {
    return lastLines(this.#output)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.pid === 0
  }

  onOutput(listener: (text: string) => void): void {
    this.#listeners.push(listener)
  }

  /** Resolves when `probe` does; throws a SetupError with the program's last lines when it ends before or takes too long. */
  async untilReady(probe: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + startCeilingMs
    while (!(await probe().catch(() => false))) {
      const ended = this.hasEnded
      if (ended || performance.now() > deadline) {
        const what = ended ? 'ended' : `was not ready within ${startCeilingMs / 1000} s`
        throw new SetupError(`\`${this.#child.spawnfile}\` ${what}:\n${this.lastLines}`)
      }
      await delay(30)
    }
  }

  /** At once and without asking: nothing a proxy of the benchmark holds is worth a graceful stop. */
  kill(): void {
    running.delete(this)
    try {
      if (this.pid > 0) process.kill(-this.pid, 'SIGKILL')
    } catch {
      // The group is gone already.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill()
    await this.#exited
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await server[Symbol.asyncDispose]()
  return port
}
