// What happened at the engine, in our words: one line of its event stream → EngineEvent.
import { isContainerId, record, text } from './json.ts'
import { signalNumber } from './stop-signal.ts'

interface EngineEventBase {
  readonly containerId: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export type EngineEvent = EngineEventBase &
  (
    | { readonly kind: 'create' | 'start' | 'die' | 'pause' | 'unpause' | 'rename' | 'destroy'; readonly name: string }
    | { readonly kind: 'kill'; readonly name: string; readonly signal: number }
    | { readonly kind: 'health'; readonly name: string; readonly health: 'starting' | 'healthy' | 'unhealthy' }
    | { readonly kind: 'connect' | 'disconnect'; readonly network: string }
  )

/**
 * What the engine is asked to send. `health_status` makes it compare by prefix (the action is `health_status: healthy`)
 * and keeps the exec events of every health check away.
 */
export const eventFilters = {
  type: ['container', 'network'] as ('container' | 'network')[],
  event: 'create start die kill pause unpause health_status rename destroy connect disconnect'.split(' '),
}

/** Undefined for events that are none of ours; which is not an error, engines grow new ones. */
export function readEvent(json: unknown): EngineEvent | undefined {
  const { Type: type, Action: action, Actor: actorJson, time, timeNano } = record(json)
  const actor = record(actorJson)
  const attributes = record(actor['Attributes'])
  const at = readTime(time, timeNano)
  const name = text(attributes['name'])
  if (type === 'network') {
    const containerId = attributes['container']
    if (!isContainerId(containerId)) return undefined
    return action === 'connect' || action === 'disconnect'
      ? { kind: action, containerId, network: name, at }
      : undefined
  }
  if (type !== 'container' || !isContainerId(actor['ID'])) return undefined
  return readContainerEvent(text(action), { containerId: actor['ID'], name, at }, attributes)
}

/** The furthest a Date can be from the epoch, milliseconds. */
const dateMax = 8.64e15

function readTime(time: unknown, timeNano: unknown): number {
  // As a number, nanoseconds are exact to 256 of them: without the slack a whole millisecond could be lost.
  const at = typeof timeNano === 'number' ? Math.floor(timeNano / 1e6 + 0.001) : Number(time) * 1000
  return Math.abs(at) <= dateMax ? at : 0
}

function readContainerEvent(
  action: string,
  base: EngineEventBase & { readonly name: string },
  attributes: Readonly<Record<string, unknown>>,
): EngineEvent | undefined {
  switch (action) {
    case 'create':
    case 'start':
    case 'die':
    case 'pause':
    case 'unpause':
    case 'rename':
    case 'destroy':
      return { kind: action, ...base }
    case 'kill': {
      const signal = signalNumber(text(attributes['signal']))
      return signal === undefined ? undefined : { kind: 'kill', ...base, signal }
    }
    default: {
      const health = /^health_status: *(starting|healthy|unhealthy)$/.exec(action)?.[1]
      return health === undefined
        ? undefined
        : { kind: 'health', ...base, health: health as 'starting' | 'healthy' | 'unhealthy' }
    }
  }
}
