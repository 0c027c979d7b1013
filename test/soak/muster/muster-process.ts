// The soak's hold on Muster: a process with the flags of `npm start`, its log, and what the kernel says of it.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Order, Word } from './muster-main.ts'
import type { ThreadLook } from './thread-probe.ts'

export interface MusterLog {
  /** Warnings, errors, and whatever it wrote to stderr. */
  readonly troubles: string[]
  threadDeaths: number
  updates: number
  accessLines: number
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = fileURLToPath(new URL('muster-main.ts', import.meta.url))
const probe = fileURLToPath(new URL('thread-probe.ts', import.meta.url))
const troublesKept = 100

export class MusterProcess implements AsyncDisposable {
  readonly pid: number
  readonly log: MusterLog = { troubles: [], threadDeaths: 0, updates: 0, accessLines: 0 }
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #configured = Promise.withResolvers<void>()
  #ports: Readonly<Record<string, number>> = {}

  private constructor(flags: readonly string[]) {
    // The probe counts objects by means of v8.queryObjects, which says that it is experimental.
    const own = ['--disable-warning=ExperimentalWarning', '--import', probe]
    const args = [...startFlags(), ...own, program, ...flags]
    this.#child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.pid = this.#child.pid ?? 0
    this.#exited = once(this.#child, 'exit')
    process.once('exit', () => this.#child.kill('SIGKILL'))
    const { stdout, stderr } = this.#child
    if (stdout !== null) lines(stdout, (line) => this.#readLog(line))
    if (stderr !== null) lines(stderr, (line) => this.#trouble(line))
  }

  /** Resolves once it serves by its configuration. */
  static async start(flags: readonly string[]): Promise<MusterProcess> {
    const muster = new MusterProcess(flags)
    muster.#ports = (await muster.#hear('listening')).ports
    await muster.#configured.promise
    return muster
  }

  port(entrypoint: string): number {
    return this.#ports[entrypoint] ?? 0
  }

  /** Collects garbage in every thread, the control thread first, and tells what is left. */
  async look(): Promise<readonly ThreadLook[]> {
    const seen = this.#hear('seen')
    this.#tell({ kind: 'look' })
    return (await seen).looks
  }

  /** Ends a data-plane thread. Resolves when another listens in its place, with the milliseconds that took. */
  async endThread(turn: number, onEnded: () => void): Promise<number> {
    const replaced = this.#hear('replaced')
    const ended = this.#hear('ended').then(onEnded)
    this.#tell({ kind: 'end-thread', turn })
    await ended
    return (await replaced).afterMs
  }

  /** Resolves with the exit code of a graceful stop, and how long it took. */
  async stop(): Promise<{ readonly code: number | null; readonly ms: number }> {
    const began = performance.now()
    this.#tell({ kind: 'stop' })
    await this.#exited
    return { code: this.#child.exitCode, ms: performance.now() - began }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #tell(order: Order): void {
    if (this.#child.connected) this.#child.send(order)
  }

  /** Rejects when Muster ends before it says so. */
  #hear<Kind extends Word['kind']>(kind: Kind): Promise<Extract<Word, { kind: Kind }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<Word, { kind: Kind }>>()
    const onWord = (word: Word): void => {
      if (word.kind === kind) resolve(word as Extract<Word, { kind: Kind }>)
    }
    const onExit = (): void => reject(new Error(`Muster ended:\n${this.log.troubles.join('\n')}`))
    this.#child.on('message', onWord).once('exit', onExit)
    return promise.finally(() => this.#child.off('message', onWord).off('exit', onExit))
  }

  #readLog(line: string): void {
    if (!line.startsWith('{')) {
      this.log.accessLines++
      return
    }
    const { level, msg, err } = JSON.parse(line) as { level: string; msg: string; err?: unknown }
    if (msg === 'configuration updated') {
      this.log.updates++
      this.#configured.resolve()
    }
    // One that was ended from outside died of nothing.
    const ended = msg.startsWith('a data-plane thread died') && err === undefined
    if (ended) this.log.threadDeaths++
    else if (level === 'error' || level === 'warn') this.#trouble(line)
  }

  #trouble(line: string): void {
    if (this.log.troubles.length < troublesKept) this.log.troubles.push(line)
  }
}

/** Those of node between `node` and the program in the start script of package.json. */
function startFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: { start: string }
  }
  return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}

function lines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', onLine)
}
