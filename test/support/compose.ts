// A compose project on the real engine: brought up, scaled, looked into, and taken down whatever happens.
import { createServer } from 'node:net'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { SetupError, run } from '../../compose/setup/run.ts'

export interface Container {
  readonly id: string
  readonly name: string
  /** What the process inside sees as its host name: the short id, unless the compose file says otherwise. */
  readonly hostname: string
  /** The replica's number in its service, from 1. */
  readonly number: number
}

export interface ProjectOptions {
  readonly tool: ComposeTool
  readonly file: string
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
}

/** Throws a sentence when a port the project publishes is in use: Docker's own message comes late and names no remedy. */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>()
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(port, () => probe.close(() => resolve(undefined)))
    const error = await promise
    if (error !== undefined) {
      throw new SetupError(
        `port ${port}, which this test publishes, is taken (${error.code}); stop what holds it (\`ss -ltnp\`, \`docker ps\`)`,
      )
    }
  }
}

export class ComposeProject {
  readonly #options: ProjectOptions

  constructor(options: ProjectOptions) {
    this.#options = options
  }

  /** `up -d`, with the number of replicas per service. Without numbers: those of the compose file. */
  async up(replicas: Readonly<Record<string, number>> = {}): Promise<void> {
    const scales = Object.entries(replicas).flatMap(([service, count]) => ['--scale', `${service}=${count}`])
    await this.compose('up', '-d', ...scales)
  }

  async compose(...args: string[]): Promise<string> {
    const { tool, file, name, env } = this.#options
    const [program, ...words] = tool.command
    return run(program, [...words, '-p', name, '-f', file, ...args], env ? { env } : {})
  }

  /** The running containers of a service in the order of their numbers. */
  async containers(service: string): Promise<readonly Container[]> {
    const labels = [`com.docker.compose.project=${this.#options.name}`, `com.docker.compose.service=${service}`]
    const filters = labels.flatMap((label) => ['--filter', `label=${label}`])
    const ids = (await run('docker', ['ps', '-q', '--no-trunc', ...filters])).split('\n').filter(Boolean)
    if (ids.length === 0) return []
    const format =
      '{{.Id}} {{.Name}} {{.Config.Hostname}} {{index .Config.Labels "com.docker.compose.container-number"}}'
    const lines = (await run('docker', ['inspect', '-f', format, ...ids])).trimEnd().split('\n')
    return lines.map(toContainer).sort((a, b) => a.number - b.number)
  }

  /** The only container of a service. */
  async container(service: string): Promise<Container> {
    const [only, ...others] = await this.containers(service)
    if (only === undefined || others.length > 0) throw new Error(`expected one container of "${service}"`)
    return only
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '5')
  }
}

/** The most memory the first process of a container has ever held, in bytes (VmHWM: resident, shared libraries included). */
export async function peakMemory(container: Container): Promise<number> {
  const status = await run('docker', ['exec', container.id, 'cat', '/proc/1/status'])
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kilobytes === undefined) throw new Error(`no VmHWM in /proc/1/status of "${container.name}"`)
  return Number(kilobytes) * 1024
}

function toContainer(line: string): Container {
  const [id = '', name = '', hostname = '', number = ''] = line.split(' ')
  return { id, name: name.replace(/^\//, ''), hostname, number: Number(number) }
}
