// One compose project of members on a network of its own, and everything else of one name on an engine; all of it is swept
// away at the end, and when this process ends in any other way.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { memberImage } from './member/image.ts'

/** On every container here, so that the sweep finds it and Muster leaves the machine's others alone. */
export const soakLabel = 'soak.stage'

/** How a member ends; also the name of its service, and the path below which it answers. */
export const manners = ['graceful', 'tidy', 'abrupt'] as const
export type Manner = (typeof manners)[number]
/** What is asked: members that come and go, or those of survivors.ts. */
export type App = Manner | 'survivor'

export interface StageOptions {
  readonly tool: ComposeTool
  /** Names its containers and networks. */
  readonly name: string
  /** DOCKER_HOST, where it is not the machine's own engine. */
  readonly env?: Readonly<Record<string, string>>
  /** An address of the one network there is, where none may be made. */
  readonly usesBridge?: boolean
  /** Members that ended with their engine start with it. */
  readonly restarts?: boolean
}

/** Stages that are not swept away yet. */
const open = new Set<Stage>()
process.on('exit', () => {
  for (const stage of open) stage.sweep()
})

export class Stage implements AsyncDisposable {
  readonly name: string
  readonly network: string
  /** Its own; for whoever needs files. */
  readonly directory = mkdtempSync(join(tmpdir(), 'muster-soak-scale-'))
  readonly notes = join(this.directory, 'notes')
  readonly env: Readonly<Record<string, string>>
  readonly restarts: boolean
  readonly #tool: ComposeTool
  readonly #ending = new AbortController()

  private constructor({ tool, name, env = {}, usesBridge = false, restarts = false }: StageOptions) {
    this.name = name
    this.network = usesBridge ? 'bridge' : name
    this.env = env
    this.restarts = restarts
    this.#tool = tool
    mkdirSync(this.notes)
    open.add(this)
  }

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options)
    try {
      await writeFile(stage.#file, composeFile(stage))
      if (stage.network !== 'bridge')
        await stage.docker('network', 'create', '--label', `${soakLabel}=${stage.name}`, stage.network)
    } catch (error) {
      await stage[Symbol.asyncDispose]()
      throw error
    }
    return stage
  }

  get compose(): string {
    return `Compose ${this.#tool.version.split('.').slice(0, 2).join('.')}`
  }

  async docker(...args: string[]): Promise<string> {
    return run('docker', args, { env: this.env, signal: this.#ending.signal })
  }

  /** One that is not the project's, on the same network; resolves to its id. */
  async container(...words: string[]): Promise<string> {
    const own = ['--label', `${soakLabel}=${this.name}`, '--network', this.network]
    return (await this.docker('run', '-d', ...own, ...words)).trim()
  }

  /** `up -d` of one or more services with so many replicas each. Through another socket than the engine's: `host`. */
  async up(services: readonly Manner[], replicas: number, { recreate = false, host = '' } = {}): Promise<void> {
    const [program, ...words] = this.#tool.command
    const scales = services.flatMap((service) => ['--scale', `${service}=${replicas}`])
    const flags = recreate ? ['--force-recreate'] : []
    const args = [...words, '-p', this.name, '-f', this.#file, 'up', '-d', ...flags, ...scales, ...services]
    const env = { ...this.env, ...(host && { DOCKER_HOST: host }) }
    await run(program, args, { env, signal: this.#ending.signal })
  }

  /** The running members of a service, short ids in the order of their names. */
  async members(service: Manner): Promise<readonly string[]> {
    const labels = [`com.docker.compose.project=${this.name}`, `com.docker.compose.service=${service}`]
    const filters = labels.flatMap((label) => ['--filter', `label=${label}`])
    const lines = await this.docker('ps', ...filters, '--format', '{{.Names}} {{.ID}}')
    return lines
      .split('\n')
      .filter(Boolean)
      .sort()
      .map((line) => line.split(' ')[1] ?? '')
  }

  /** Without waiting for anything: also the end of a process uses it. */
  sweep(): void {
    open.delete(this)
    this.#ending.abort()
    const label = `label=${soakLabel}=${this.name}`
    const docker = (...args: string[]): string =>
      spawnSync('docker', args, { env: { ...process.env, ...this.env }, encoding: 'utf8' }).stdout ?? ''
    const ids = docker('ps', '-aq', '--filter', label).split('\n').filter(Boolean)
    if (ids.length > 0) docker('rm', '-f', '-v', ...ids)
    if (this.network !== 'bridge') docker('network', 'rm', this.network)
    rmSync(this.directory, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (open.has(this)) this.sweep()
    return Promise.resolve()
  }

  get #file(): string {
    return join(this.directory, 'compose.yaml')
  }
}

/** Members need half a second to listen, and are small enough to run out of memory soon. */
function composeFile({ name, network, notes, restarts }: Stage): string {
  const services = manners.map(
    (manner) => `
  ${manner}:
    image: ${memberImage}
    environment: { MANNER: ${manner}, LISTEN_AFTER_MS: '500' }
    ${network === 'bridge' ? 'network_mode: bridge' : 'networks: [front]'}
    restart: ${restarts ? 'always' : "'no'"}
    volumes: ['${notes}:/notes']
    mem_limit: 128m
    memswap_limit: 128m
    labels:
      ${soakLabel}: ${name}
      traefik.http.routers.${manner}.rule: PathPrefix(\`/${manner}\`)
      traefik.http.services.${manner}.loadbalancer.server.port: 80`,
  )
  const networks = network === 'bridge' ? '' : `networks:\n  front: { external: true, name: ${network} }\n`
  return `services:${services.join('')}\n${networks}`
}
