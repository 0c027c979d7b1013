// A replica as the engine's list has it: enough to decide which to make, start and remove.
import { isContainerId, record, text } from '../json.ts'

export type ReplicaState = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing' | 'dead'

export interface Replica {
  readonly id: string
  /** Without the engine's leading slash. */
  readonly name: string
  readonly project: string
  readonly service: string
  /** Compose's, from 1; it and project and service make the slot. */
  readonly number: number
  /** The same for all replicas made from one state of the compose file; empty: unknown. */
  readonly configHash: string
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly state: ReplicaState
}

const states: ReadonlySet<string> = new Set([
  'created',
  'running',
  'paused',
  'restarting',
  'exited',
  'removing',
  'dead',
])

/** How compose calls the one that is being replaced, or the one that replaces it: `<12 digits of an id>_name`. */
const temporaryName = /^[0-9a-f]{12}_/

/** Reads an item of `GET /containers/json`; undefined when it is no replica of a compose service. */
export function readReplica(json: unknown): Replica | undefined {
  const { Id: id, Names: names, Created: created, State: state, Labels: labels } = record(json)
  if (!isContainerId(id)) return undefined
  const label = (name: string): string => text(record(labels)[`com.docker.compose.${name}`])
  const name = ownName(names)
  const [project, service] = [label('project'), label('service')]
  if (project === '' || service === '' || label('oneoff').toLowerCase() === 'true') return undefined
  if (name === undefined || temporaryName.test(name)) return undefined
  return {
    id,
    name,
    project,
    service,
    number: Number(label('container-number')) || 1,
    configHash: label('config-hash'),
    createdAt: typeof created === 'number' ? created : 0,
    state: states.has(text(state)) ? (state as ReplicaState) : 'dead',
  }
}

/** Of `/web`, and `/other/alias` that a link of another container gives it, the first kind. */
function ownName(names: unknown): string | undefined {
  const all = Array.isArray(names) ? names.map(text) : []
  return all.find((name) => /^\/[^/]+$/.test(name))?.slice(1)
}
