// Watches a Docker engine and publishes what its containers declare. An engine that goes away takes nothing with it:
// the last declaration stands until it is back, however long that takes.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cause } from '../../model/declaration.ts'
import type { Problem } from '../../model/problem.ts'
import type { Provider, ProviderReport } from '../provider.ts'
import type { Container } from './container.ts'
import { createDeclarer } from './declare.ts'
import type { DeclareOptions } from './declare.ts'
import { EngineError } from './engine.ts'
import type { DockerEngine } from './engine.ts'
import { findHostName, readOwnIds, readOwnTraces, whereMusterIs } from './own-container.ts'
import { Watch } from './watch.ts'
import type { WatchTiming } from './watch.ts'

export interface DockerProviderOptions extends DeclareOptions {
  /** False: look once, and leave it at that. */
  readonly watch: boolean
  readonly timing?: Partial<DockerTiming>
  /** What the host is called from here; by default, name servers are asked. */
  readonly hostName?: () => Promise<string | undefined>
}

/** Milliseconds. */
export interface DockerTiming extends WatchTiming {
  /** Wait before the first attempt to reach a lost engine again; doubled up to `reconnectMax`. */
  readonly reconnect: number
  readonly reconnectMax: number
}

const usualTiming = { reconnect: 250, relist: 30_000, retry: 2000, confirm: 1000, quiet: 5000 }
/** Two attempts at a socket of this machine cost nothing; elsewhere each may cost a process, or a connection that is refused. */
const reconnectMax = { local: 1500, remote: 5000 }

export class DockerProvider implements Provider {
  readonly name = 'docker'
  readonly #engine: DockerEngine
  readonly #options: DockerProviderOptions
  readonly #timing: DockerTiming

  constructor(engine: DockerEngine, options: DockerProviderOptions) {
    this.#engine = engine
    this.#options = options
    const place = engine.endpoint.startsWith('unix:') ? 'local' : 'remote'
    this.#timing = { ...usualTiming, reconnectMax: reconnectMax[place], ...options.timing }
  }

  async run(report: ProviderReport, outer: AbortSignal): Promise<void> {
    const enough = new AbortController()
    const signal = AbortSignal.any([outer, enough.signal])
    const { reconnect, reconnectMax } = this.#timing
    const { endpoint } = this.#engine
    const fields = { provider: this.name, endpoint }
    const ownIds = readOwnIds(await readOwnTraces())
    const declare = createDeclarer(this.#options)
    let hostName: string | undefined
    let last: readonly Container[] | undefined
    const publish = (containers: readonly Container[], cause: Cause) => {
      last = containers
      const place = { ...whereMusterIs(containers, ownIds), hostName }
      report.publish({ ...declare(containers, place), cause })
    }
    const learnHostName = async () => {
      hostName = await (this.#options.hostName ?? findHostName)()
      if (hostName === undefined || last === undefined || signal.aborted) return
      publish(last, { what: `the host is ${hostName}`, at: Date.now() })
    }
    // Only a container has a name for its host. A name server may take its time, or not answer at all; routes do not wait
    // for it, and few need the name.
    if (ownIds.whole.length > 0 || ownIds.beginning !== undefined) void learnHostName()
    const watch = new Watch(this.#engine, this.#timing, {
      publish,
      observe: (event) => report.observe(event),
      log: report.log,
    })
    let waitMs = reconnect
    // One line when it goes and one when it is back, not one per attempt.
    let lost = false
    const onListed = () => {
      report.trouble(undefined)
      report.log.info(fields, lost ? `the Docker engine at ${endpoint} is back` : `watching Docker at ${endpoint}`)
      lost = false
      waitMs = reconnect
      if (!this.#options.watch) enough.abort()
    }
    while (!signal.aborted) {
      const error = await watch.untilLost(signal, onListed)
      if (signal.aborted) return
      if (lost) report.log.debug({ ...fields, err: error }, 'the Docker engine is still not there')
      else if (error instanceof EngineError)
        report.log.warn(fields, `${error.message}; trying again, what it last said stands`)
      else report.log.error({ ...fields, err: error }, 'watching Docker failed; trying again')
      if (!lost) report.trouble(unreachable(endpoint, error, Date.now()))
      lost = true
      // Not all Musters of a cluster at once.
      await sleep(waitMs * (1 - Math.random() / 4), undefined, { signal }).catch(() => undefined)
      waitMs = Math.min(waitMs * 2, reconnectMax)
    }
  }
}

function unreachable(endpoint: string, error: unknown, since: number): Problem {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    severity: 'warning',
    provider: 'docker',
    source: endpoint,
    field: undefined,
    object: undefined,
    reason: `not reachable since ${new Date(since).toISOString()}: ${reason}`,
    hint: 'what is shown of its containers may be out of date',
  }
}
