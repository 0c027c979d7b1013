// The only importer of dockerode, with replicas/replica-calls.ts. Exact API paths, reading only where the controller asks:
// a client that could ask for anything would be root on the host. All it returns is untyped JSON to us and read as such.
import Docker from 'dockerode'
import { chooseVersion } from './api-version.ts'
import { readContainer } from './container.ts'
import { plainAddress } from './engine-address.ts'
import type { EngineAddress } from './engine-address.ts'
import { engineFailure, explainFailure } from './engine-failure.ts'
import { eventFilters } from './engine-event.ts'
import { EngineError } from './engine.ts'
import type { DockerEngine, EngineConnection } from './engine.ts'
import { readEvents } from './event-stream.ts'
import { isContainerId, record } from './json.ts'
import { readListed } from './listed-container.ts'
import { replicaCalls } from './replicas/replica-calls.ts'
import type { ReplicaEngine } from './replicas/replica-engine.ts'
import { openTransport } from './transport.ts'

/**
 * @param where all there is to know of it, or an endpoint alone
 * @throws EngineError `endpoint`
 */
export function dockerEngine(where: EngineAddress | string): DockerEngine {
  const address = typeof where === 'string' ? plainAddress(where) : where
  return { endpoint: address.shown, connect: (signal) => connect(address, signal) }
}

/** For the commands that make and remove replicas; the controller has no such connection. */
export async function connectForReplicas(address: EngineAddress, signal: AbortSignal): Promise<ReplicaEngine> {
  const { docker, close } = await open(address, signal)
  return {
    ...replicaCalls({ docker, read: asker(address), write: deadlined(address), endpoint: address.shown }),
    endpoint: address.shown,
    [Symbol.dispose]: close,
  }
}

async function connect(address: EngineAddress, signal: AbortSignal): Promise<EngineConnection> {
  const { docker, version, close } = await open(address, signal)
  return {
    ...callsOf(docker, asker(address), address.shown),
    apiVersion: version,
    [Symbol.dispose]: close,
  }
}

interface Opened {
  readonly docker: Docker
  readonly version: string | undefined
  readonly close: () => void
}

async function open(address: EngineAddress, signal: AbortSignal): Promise<Opened> {
  const { agent, ...transport } = await openTransport(address)
  // dockerode takes what it is not told from DOCKER_HOST and its companions, so it is told everything.
  const told = { ca: undefined, cert: undefined, key: undefined, timeout: undefined }
  const options = { ...told, ...transport, agent }
  try {
    const version = await negotiate(new Docker(options), asker(address), address, signal)
    const docker = new Docker({ ...options, ...(version !== undefined && { version }) })
    return { docker, version, close: () => agent.destroy() }
  } catch (error) {
    agent.destroy()
    throw error
  }
}

/** Undefined when the engine is not allowed to say: a socket proxy may allow no more than what is needed. */
async function negotiate(
  docker: Docker,
  ask: Ask,
  { shown, apiVersion: wanted }: EngineAddress,
  signal: AbortSignal,
): Promise<string | undefined> {
  let answer: unknown
  try {
    answer = await ask(() => docker.version(), signal)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'refused') return wanted && `v${wanted}`
    throw error
  }
  const chosen = chooseVersion(answer, wanted)
  if ('code' in chosen) throw engineFailure(chosen.code, shown, chosen.reason)
  return chosen.version
}

function callsOf(
  docker: Docker,
  ask: Ask,
  endpoint: string,
): Omit<EngineConnection, 'apiVersion' | typeof Symbol.dispose> {
  return {
    async events(signal) {
      // Not `ask`'s own signal: its deadline is for the answer to begin, the stream lives on.
      const options = { filters: eventFilters, abortSignal: signal }
      const stream = await ask(() => docker.getEvents(options), signal)
      return explained(readEvents(stream as AsyncIterable<Uint8Array>, endpoint), endpoint)
    },

    // Not `/_ping`: whoever lets us begin lets us ask this.
    async ping(signal) {
      await ask(() => docker.version(), signal)
    },

    async list(signal) {
      const list: unknown = await ask((abortSignal) => docker.listContainers({ all: true, abortSignal }), signal)
      if (!Array.isArray(list)) throw engineFailure('unreadable', endpoint, 'its list of containers is none')
      return list.map(readListed).filter((listed) => listed !== undefined)
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

type Call<T> = (signal: AbortSignal) => Promise<T>
type Ask = <T>(call: Call<T>, signal: AbortSignal) => Promise<T>

/** One call: with our deadline, since dockerode has none. Some take longer than usual by their nature. */
function deadlined({ shown, timeoutMs: usualMs }: EngineAddress) {
  return async function once<T>(call: Call<T>, signal: AbortSignal, moreMs = 0): Promise<T> {
    const timeoutMs = usualMs + moreMs
    const deadline = new AbortController()
    const onAbort = () => deadline.abort(signal.reason)
    const onTimeout = () => deadline.abort(engineFailure('timeout', shown, `no answer within ${timeoutMs} ms`))
    const timer = setTimeout(onTimeout, timeoutMs)
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    try {
      return await orAbort(call(deadline.signal), deadline.signal)
    } catch (error) {
      throw signal.aborted ? error : explainFailure(error, shown)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }
}

/** For what only reads. */
function asker(address: EngineAddress): Ask {
  const once = deadlined(address)
  return async (call, signal) => {
    try {
      return await once(call, signal)
    } catch (error) {
      // A connection that was kept may be closed just when it is used again. Reading twice does nothing twice.
      if (error instanceof EngineError && error.code === 'cut') return once(call, signal)
      throw error
    }
  }
}

/** The call's result, or the signal's reason when it aborts first, even if the call never settles. */
function orAbort<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  call.then(resolve, reject)
  return promise
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
