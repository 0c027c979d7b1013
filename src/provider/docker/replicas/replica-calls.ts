// The calls of a ReplicaEngine, on dockerode. Each writes at most once: a call that was cut may have been heard.
import type Docker from 'dockerode'
import { explainFailure, engineFailure } from '../engine-failure.ts'
import { EngineError } from '../engine.ts'
import { isContainerId, record, text } from '../json.ts'
import { readBlueprint } from './blueprint.ts'
import { readLogTail } from './log-tail.ts'
import { readReplica } from './replica.ts'
import type { ReplicaEngine } from './replica-engine.ts'
import { readVitals } from './vitals.ts'

type Call<T> = (signal: AbortSignal) => Promise<T>

export interface CallOptions {
  readonly docker: Docker
  /** Asks again where the connection was cut. */
  readonly read: <T>(call: Call<T>, signal: AbortSignal) => Promise<T>
  readonly write: <T>(call: Call<T>, signal: AbortSignal, moreMs?: number) => Promise<T>
  readonly endpoint: string
}

/** To create a container may mean to unpack and mount much. */
const createMoreMs = 50_000
const composed = { label: ['com.docker.compose.service'] }

export function replicaCalls(options: CallOptions): Omit<ReplicaEngine, 'endpoint' | typeof Symbol.dispose> {
  return { ...reads(options), ...writes(options) }
}

type Reads = Pick<ReplicaEngine, 'list' | 'blueprint' | 'vitals' | 'imageId' | 'lastLines'>

function reads({ docker, read, endpoint }: CallOptions): Reads {
  const inspect = (id: string, signal: AbortSignal): Promise<unknown> =>
    read((abortSignal) => containerOf(docker, id).inspect({ abortSignal }).catch(undefinedIfGone), signal)
  return {
    async list(signal) {
      const filters = { all: true, filters: composed }
      const list: unknown = await read((abortSignal) => docker.listContainers({ ...filters, abortSignal }), signal)
      if (!Array.isArray(list)) throw engineFailure('unreadable', endpoint, 'its list of containers is none')
      return list.map(readReplica).filter((replica) => replica !== undefined)
    },
    async blueprint(id, signal) {
      const json = await inspect(id, signal)
      return json === undefined ? undefined : readBlueprint(id, json)
    },
    async vitals(id, signal) {
      const json = await inspect(id, signal)
      return json === undefined ? undefined : readVitals(id, json)
    },
    async imageId(name, signal) {
      // It comes from an inspection; nothing but the name of an image is put into a path.
      if (!/^[\w][\w.:@/-]*$/.test(name) || name.includes('..')) return undefined
      const json: unknown = await read(() => docker.getImage(name).inspect().catch(undefinedIfGone), signal)
      return text(record(json)['Id']) || undefined
    },
    async lastLines(id, linesMax, signal) {
      const which = { stdout: true, stderr: true, follow: false, tail: linesMax } as const
      try {
        const body: unknown = await read(
          (abortSignal) => containerOf(docker, id).logs({ ...which, abortSignal }),
          signal,
        )
        return readLogTail(Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body) ?? ''), linesMax)
      } catch (error) {
        // Some log drivers keep nothing to be read; what it wrote is only an addition to a message.
        if (error instanceof EngineError) return []
        throw error
      }
    },
  }
}

type Writes = Pick<ReplicaEngine, 'create' | 'start' | 'stop' | 'remove'>

function writes({ docker, write, endpoint }: CallOptions): Writes {
  const refusing = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw refusal(error, endpoint, what)
    }
  }
  const remove: Writes['remove'] = ({ id, name }, signal) =>
    refusing(`remove "${name}"`, async () => {
      const call: Call<unknown> = (abortSignal) =>
        containerOf(docker, id).remove({ force: true, abortSignal }).catch(undefinedIf(404, 409))
      await write(call, signal)
    })
  return {
    async create({ name, body, others }, signal) {
      const id = await refusing(`create "${name}"`, async () => {
        const asked = { _query: { name }, _body: body }
        const made = await write(
          (abortSignal) => docker.createContainer({ ...asked, abortSignal }),
          signal,
          createMoreMs,
        )
        return made.id
      })
      try {
        for (const { network, endpoint: EndpointConfig } of others) {
          await refusing(`connect "${name}" to the network "${network}"`, () =>
            write(() => networkOf(docker, network).connect({ Container: id, EndpointConfig }), signal),
          )
        }
      } catch (error) {
        await remove({ id, name }, AbortSignal.timeout(createMoreMs))
        throw error
      }
      return id
    },
    start: ({ id, name }, signal) =>
      refusing(`start "${name}"`, async () => {
        const call: Call<unknown> = (abortSignal) =>
          containerOf(docker, id).start({ abortSignal }).catch(undefinedIf(304))
        await write(call, signal, createMoreMs)
      }),
    stop: ({ id, name, stopTimeoutMs }, signal) =>
      refusing(`stop "${name}"`, async () => {
        const call: Call<unknown> = (abortSignal) =>
          containerOf(docker, id).stop({ abortSignal }).catch(undefinedIf(304, 404))
        await write(call, signal, Math.min(stopTimeoutMs, timerMaxMs))
      }),
    remove,
  }
}

/** Node fires a timer that is much longer at once. */
const timerMaxMs = 2 ** 30

function containerOf(docker: Docker, id: string): Docker.Container {
  if (!isContainerId(id)) throw new Error('a container was asked for by something that is not an id')
  return docker.getContainer(id)
}

function networkOf(docker: Docker, name: string): Docker.Network {
  return docker.getNetwork(encodeURIComponent(name))
}

function undefinedIf(...statuses: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (statuses.includes(Number(record(error)['statusCode']))) return undefined
    throw error
  }
}

const undefinedIfGone = undefinedIf(404)

/** What was to be done, and the engine's own reason. */
function refusal(error: unknown, endpoint: string, what: string): unknown {
  const cause = error instanceof EngineError ? record(error.cause) : record(error)
  const status = cause['statusCode']
  if (typeof status !== 'number') return error instanceof EngineError ? error : explainFailure(error, endpoint)
  const reason = (text(record(cause['json'])['message']) || text(cause['message'])).replace(/\s+/g, ' ').trim()
  const hint = status === 403 ? '; a socket proxy must allow POST and DELETE of /containers and POST /networks' : ''
  return new EngineError('refused', `the Docker engine at ${endpoint} does not ${what}: ${reason}${hint}`, error)
}
