// The only importer of dockerode. Exact API paths, reading only: a client that could ask for anything would be root on
// the host. Everything it returns is untyped JSON to us and is read as such.
import type { Agent } from 'node:http'
import Docker from 'dockerode'
import { readContainer } from './container.ts'
import { DirectAgent } from './direct-agent.ts'
import { parseEndpoint } from './endpoint.ts'
import { engineFailure, explainFailure } from './engine-failure.ts'
import { eventFilters } from './engine-event.ts'
import type { DockerEngine } from './engine.ts'
import { readEvents } from './event-stream.ts'
import { isContainerId, record } from './json.ts'

/** For a complete answer. dockerode itself would wait for ever when a connection is cut in the middle of one. */
const answerTimeoutMs = 10_000

/**
 * An engine at `unix://…`, `tcp://…` or `http://…`. Connects on the first call; keeps no connection between calls.
 * @throws EngineError `endpoint`
 */
export function dockerEngine(endpoint: string): DockerEngine {
  const docker = new Docker(dockerodeOptions(endpoint))

  /** One call: with our deadline, and with whatever goes wrong explained. */
  async function ask<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const deadline = new AbortController()
    const timer = setTimeout(
      () => deadline.abort(engineFailure('timeout', endpoint, `no answer within ${answerTimeoutMs} ms`)),
      answerTimeoutMs,
    )
    try {
      return await orAbort(call(AbortSignal.any([signal, deadline.signal])), [signal, deadline.signal])
    } catch (error) {
      throw signal.aborted ? error : explainFailure(error, endpoint)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    endpoint,

    async events(signal) {
      // Not `ask`'s own signal: its deadline is for the answer to begin, the stream lives on.
      const options = { filters: eventFilters, abortSignal: signal }
      const stream = await ask(() => docker.getEvents(options), signal)
      return explained(readEvents(stream as AsyncIterable<Uint8Array>, endpoint), endpoint)
    },

    async containerIds(signal) {
      const list: unknown = await ask((abortSignal) => docker.listContainers({ all: true, abortSignal }), signal)
      if (!Array.isArray(list)) throw engineFailure('unreadable', endpoint, 'its list of containers is none')
      return list.map((item) => record(item)['Id']).filter(isContainerId)
    },

    async inspect(id, signal) {
      if (!isContainerId(id)) throw new Error('a container was asked for by something that is not an id')
      const json: unknown = await ask(
        (abortSignal) => docker.getContainer(id).inspect({ abortSignal }).catch(undefinedIfGone),
        signal,
      )
      if (json === undefined) return undefined
      const container = readContainer(json)
      if (container === undefined) throw engineFailure('unreadable', endpoint, `its container ${id} is none`)
      return container
    },
  }
}

function dockerodeOptions(endpoint: string): Docker.DockerOptions & { readonly agent: Agent } {
  // dockerode takes what it is not told from DOCKER_HOST and its companions, so it is told everything.
  const nothing = { socketPath: undefined, host: undefined, port: undefined, timeout: undefined }
  const noTls = { ca: undefined, cert: undefined, key: undefined }
  return {
    ...nothing,
    ...noTls,
    protocol: 'http',
    ...parseEndpoint(endpoint),
    agent: new DirectAgent({ keepAlive: false }),
  }
}

/** The call's result, or the reason of whichever signal aborts first, even if the call never settles. */
function orAbort<T>(call: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const onAbort = (event: Event) => reject((event.target as AbortSignal).reason)
  for (const signal of signals) {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  }
  call.then(resolve, reject)
  return promise.finally(() => {
    for (const signal of signals) signal.removeEventListener('abort', onAbort)
  })
}

async function* explained<T>(items: AsyncIterable<T>, endpoint: string): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    throw explainFailure(error, endpoint)
  }
}

function undefinedIfGone(error: unknown): undefined {
  if (record(error)['statusCode'] === 404) return undefined
  throw error
}
