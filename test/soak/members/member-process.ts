// The soak's hold on a member in a process of its own.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface Address {
  readonly host: string
  readonly port: number
}

const program = new URL('honest-main.ts', import.meta.url)

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class MemberProcess implements AsyncDisposable {
  readonly address: Address
  readonly notes: string
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  /** @param notes the file it notes its POSTs in, over all its lives */
  constructor(address: Address, notes: string, forgetsAfterMs?: number) {
    const { host, port } = address
    this.address = address
    this.notes = notes
    this.#args = [host, String(port), notes, ...(forgetsAfterMs === undefined ? [] : [String(forgetsAfterMs)])]
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    const child = fork(program, this.#args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    this.#child = child
    const failed = once(child, 'exit').then(() => {
      throw new Error(`the member at ${this.address.host} ended before it listened`)
    })
    await Promise.race([once(child, 'message'), failed])
    failed.catch(() => undefined)
  }

  /** As `kill -9`. Resolves when it is known to be dead. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  /** It takes connections still, since the kernel does, and answers nothing. */
  hang(): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child?.kill('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
