// A provider at work on an engine, and everything it reported.
import { DockerProvider } from '../../../../src/provider/docker/docker-provider.ts'
import type { DockerTiming } from '../../../../src/provider/docker/docker-provider.ts'
import { plainAddress } from '../../../../src/provider/docker/engine-address.ts'
import { dockerEngine } from '../../../../src/provider/docker/dockerode-engine.ts'
import type { ContainerEvent } from '../../../../src/model/container-event.ts'
import type { Declaration } from '../../../../src/model/declaration.ts'
import type { Problem } from '../../../../src/model/problem.ts'

export interface LogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly message: string
}

export class Watching {
  readonly declarations: Declaration[] = []
  readonly events: ContainerEvent[] = []
  readonly troubles: (Problem | undefined)[] = []
  readonly lines: LogLine[] = []
  /** Settles when the provider has ended. */
  readonly ended: Promise<void>
  readonly #stop = new AbortController()
  readonly #waiting = new Set<() => void>()

  constructor(endpoint: string, timing: Partial<DockerTiming> & { readonly timeoutMs?: number } = {}, watch = true) {
    const address = plainAddress(endpoint)
    const { timeoutMs = address.timeoutMs } = timing
    const quick = { reconnect: 10, reconnectMax: 40, retry: 20, confirm: 50, ...timing }
    const provider = new DockerProvider(dockerEngine({ ...address, timeoutMs }), {
      exposedByDefault: true,
      defaultRule: 'Host(`{{ normalize .Name }}`)',
      network: undefined,
      constraints: undefined,
      useBindPortIP: false,
      allowInternalServices: false,
      allowForeignAddresses: false,
      hostPolicy: [],
      watch,
      timing: quick,
      hostName: () => Promise.resolve(undefined),
    })
    const log = (level: LogLine['level']) => (_fields: object, message: string) =>
      this.#note(this.lines, { level, message })
    const report = {
      publish: (declaration: Declaration) => this.#note(this.declarations, declaration),
      observe: (event: ContainerEvent) => this.#note(this.events, event),
      trouble: (problem: Problem | undefined) => this.#note(this.troubles, problem),
      log: { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') },
    }
    this.ended = provider.run(report, this.#stop.signal)
  }

  get last(): Declaration | undefined {
    return this.declarations.at(-1)
  }

  /** The member addresses of a service in the last declaration. */
  hosts(service: string): readonly string[] | undefined {
    return this.last?.services.get(service)?.members.map(({ host }) => host)
  }

  said(level: LogLine['level']): readonly string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message)
  }

  /** Resolves as soon as a report makes the condition true; the test runner's limit ends a wait in vain. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.add(resolve)
      await promise
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.ended
  }

  #note<T>(list: T[], item: T): void {
    list.push(item)
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
