// A Docker engine of our own beside the machine's, with live-restore or without, that can be restarted: own files, socket, bridge
// and containerd, and no firewall rules, since those it would share.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SetupError, lastLines, run } from '../../compose/setup/run.ts'
import { epochMs } from './books.ts'

const answersWithinMs = 30_000
/** Without live-restore it gives its containers 15 s. */
const endsWithinMs = 20_000
/** Of a range no engine takes by itself. */
const subnet = '10.213.77.1/24'

const open = new Set<PrivateEngine>()
process.on('exit', () => {
  for (const engine of open) engine.sweep()
})

export class PrivateEngine implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'muster-soak-engine-'))
  readonly #bridge = `soak${process.pid}`
  readonly #log = join(this.#directory, 'dockerd.log')
  readonly socket = join(this.#directory, 'docker.sock')
  /** Containers go on while it is away; otherwise they end with it, and start with it if they are to. */
  readonly liveRestore: boolean
  #child: ChildProcess | undefined

  private constructor(liveRestore: boolean) {
    this.liveRestore = liveRestore
    open.add(this)
  }

  /** With these images of the machine's engine. */
  static async open(images: readonly string[], liveRestore: boolean): Promise<PrivateEngine> {
    const engine = new PrivateEngine(liveRestore)
    try {
      await run('ip', ['link', 'add', 'name', engine.#bridge, 'type', 'bridge'])
      await run('ip', ['addr', 'add', subnet, 'dev', engine.#bridge])
      await run('ip', ['link', 'set', engine.#bridge, 'up'])
      mkdirSync(join(engine.#directory, 'exec'))
      writeFileSync(join(engine.#directory, 'daemon.json'), '{}')
      await engine.start()
      const save = spawn('docker', ['save', ...images], { stdio: ['ignore', 'pipe', 'ignore'] })
      await run('docker', ['load'], { input: save.stdout, env: engine.env })
    } catch (error) {
      await engine[Symbol.asyncDispose]()
      throw error
    }
    return engine
  }

  get env(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}` }
  }

  /** Its socket is there before it answers. Resolves to when it did, milliseconds since the epoch. */
  async start(): Promise<number> {
    const log = openSync(this.#log, 'a')
    const child = spawn('dockerd', this.#arguments(), { stdio: ['ignore', log, log] })
    this.#child = child
    closeSync(log)
    const deadline = performance.now() + answersWithinMs
    while (!(await this.#answers())) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new SetupError(
          `the engine of the soak's own does not answer:\n${lastLines(readFileSync(this.#log, 'utf8'))}`,
        )
      }
      await delay(10)
    }
    return epochMs()
  }

  /** Its socket goes at once. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null) return
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(endsWithinMs) })
    child.kill()
    await exited
  }

  /** At once: containers first, since nobody would be left to end them. */
  sweep(): void {
    open.delete(this)
    const env = { ...process.env, ...this.env }
    const ids = spawnSync('docker', ['ps', '-aq'], { env, encoding: 'utf8' }).stdout?.split('\n').filter(Boolean) ?? []
    if (ids.length > 0) spawnSync('docker', ['rm', '-f', '-v', ...ids], { env })
    this.#child?.kill()
    const ended = (): boolean => spawnSync('docker', ['version'], { env }).status !== 0 && !this.#isContainerdThere()
    for (let tries = 0; !ended() && tries < 100; tries++) spawnSync('sleep', ['0.1'])
    spawnSync('ip', ['link', 'del', this.#bridge])
    for (const mount of this.#mounts()) spawnSync('umount', ['-l', mount])
    // An engine on its way out still takes files away, where rmSync would stop without a word.
    for (let tries = 0; existsSync(this.#directory) && tries < 10; tries++)
      rmSync(this.#directory, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (open.has(this)) this.sweep()
    return Promise.resolve()
  }

  #arguments(): string[] {
    const at = (name: string): string => join(this.#directory, name)
    return [
      `--host=unix://${this.socket}`,
      `--config-file=${at('daemon.json')}`,
      `--data-root=${at('data')}`,
      `--exec-root=${at('exec')}`,
      `--pidfile=${at('docker.pid')}`,
      `--bridge=${this.#bridge}`,
      ...(this.liveRestore ? ['--live-restore'] : []),
      '--iptables=false',
      '--ip6tables=false',
      '--ip-masq=false',
      '--ip-forward=false',
    ]
  }

  async #answers(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const signal = AbortSignal.timeout(answersWithinMs)
    get({ socketPath: this.socket, path: '/_ping', agent: false, signal }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
    return promise
  }

  #isContainerdThere(): boolean {
    try {
      process.kill(Number(readFileSync(join(this.#directory, 'exec/containerd/containerd.pid'), 'utf8')), 0)
      return true
    } catch {
      return false
    }
  }

  #mounts(): readonly string[] {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    return mounts
      .map((line) => line.split(' ')[1] ?? '')
      .filter((path) => path.startsWith(this.#directory))
      .toReversed()
  }
}
