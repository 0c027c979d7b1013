// What is routed, as a plan compares it: of the running controller, or of compose files.
import { middlewareItems } from '../../admin/middleware-items.ts'
import { routerItems } from '../../admin/router-items.ts'
import { serviceItems } from '../../admin/service-items.ts'
import { SnapshotStore } from '../../snapshot/snapshot-store.ts'
import { unknownPort } from '../compose/assemble.ts'
import type { Assembly } from '../compose/assemble.ts'

export type Kind = 'router' | 'service' | 'middleware' | 'member'

/** Options by their names, as the API shows them. */
export type Options = Readonly<Record<string, unknown>>

/** By name; a member's is its service's and its slot's. */
export type State = Readonly<Record<Kind, ReadonlyMap<string, Options>>>

/** The answer of `/api/rawdata`, by name. */
export interface RawData {
  readonly routers?: Readonly<Record<string, Options>>
  readonly services?: Readonly<Record<string, Options>>
  readonly middlewares?: Readonly<Record<string, Options>>
}

/** A row of `/api/muster/members`. */
export interface MemberRow {
  readonly service: string
  readonly slot: string
  readonly url: string
  readonly weight: number
}

export function stateOf(raw: RawData, members: readonly MemberRow[]): State {
  return {
    router: pick(raw.routers, (options) => without(options, ['using', 'error', 'priority'])),
    service: pick(raw.services, ({ loadBalancer }) => without((loadBalancer ?? {}) as Options, ['servers'])),
    middleware: pick(raw.middlewares, (options) => without(options, ['usedBy', 'error', 'status', 'type'])),
    member: new Map(
      members.map(({ service, slot, url, weight }) => [`${service} ${slot}`, { ...schemeAndPort(url), weight }]),
    ),
  }
}

/** What compose files would make of it, in the very words of the API. */
export function plannedState({ snapshot, config }: Assembly): State {
  const sources = { store: new SnapshotStore(snapshot), cluster: { members: [] } }
  const byName = (items: ReturnType<typeof routerItems>): Readonly<Record<string, Options>> =>
    JSON.parse(JSON.stringify(Object.fromEntries(items.map(({ name, json }) => [name, json]))))
  const raw = {
    routers: byName(routerItems(sources)),
    services: byName(serviceItems(sources)),
    middlewares: byName(middlewareItems(sources)),
  }
  const members = [...config.services].flatMap(([service, { members }]) =>
    members.map(({ scheme, host, port, slot, weight }) => {
      const url = port === unknownPort ? `${scheme}://${host}` : `${scheme}://${host}:${port}`
      return { service, slot, url, weight }
    }),
  )
  return stateOf(raw, members)
}

/** Addresses are the engine's to give. */
function schemeAndPort(url: string): Options {
  const [, scheme, port] = /^(\w+):\/\/.*?(?::(\d+))?$/.exec(url) ?? []
  return { scheme, port }
}

function pick(
  objects: Readonly<Record<string, Options>> | undefined,
  change: (options: Options) => Options,
): ReadonlyMap<string, Options> {
  return new Map(Object.entries(objects ?? {}).map(([name, options]) => [name, change(options)]))
}

function without(options: Options, names: readonly string[]): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)))
}
