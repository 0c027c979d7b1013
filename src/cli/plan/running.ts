// The running controller, as far as a plan needs it.
import { qualify } from '../../model/qualified-name.ts'
import { askApi } from '../api-client.ts'
import type { ApiAnswer } from '../api-client.ts'
import type { KnownAround } from '../compose/assemble.ts'
import { entryPointNames } from '../../settings/entrypoint-names.ts'
import type { RouterTlsConfig } from '../../model/dynamic-config.ts'
import { stateOf } from './state.ts'
import type { Kind, MemberRow, RawData, State } from './state.ts'

export interface Running {
  readonly state: State
  /** What the project's files may refer to, without itself. */
  readonly around: KnownAround
  readonly isOurs: (kind: Kind, name: string) => boolean
  /** The project that another's name belongs to; undefined when it is free or ours. */
  readonly holderOf: (kind: Kind, name: string) => string | undefined
}

interface EntryPoint {
  readonly name: string
  readonly asDefault?: boolean
  readonly http?: { readonly middlewares?: readonly string[]; readonly tls?: RouterTlsConfig }
}

export async function readRunning(api: string, project: string, signal: AbortSignal): Promise<ApiAnswer<Running>> {
  const raw = await askApi<RawData>(api, '/api/rawdata', signal)
  if (!raw.ok) return raw
  const members = await askApi<readonly MemberRow[]>(api, '/api/muster/members', signal)
  if (!members.ok) return members
  const entryPoints = await askApi<readonly EntryPoint[]>(api, '/api/entrypoints', signal)
  if (!entryPoints.ok) return entryPoints
  return { ok: true, value: runningOf(project, raw.value, members.value, entryPoints.value) }
}

function runningOf(
  project: string,
  raw: RawData,
  members: readonly MemberRow[],
  entryPoints: readonly EntryPoint[],
): Running {
  const holders = new Map(members.map(({ service, slot }) => [service, projectOf(slot)]))
  const holderOf = (kind: Kind, name: string): string | undefined => {
    if (kind === 'member') return projectOf(name.slice(name.indexOf(' ') + 1))
    if (kind === 'service') return holders.get(name)
    const users = kind === 'router' ? [name] : ((raw.middlewares?.[name]?.['usedBy'] ?? []) as readonly string[])
    const services = users.flatMap((router) => (raw.routers?.[router]?.['service'] as string | undefined) ?? [])
    const found = services.map((service) => holders.get(qualify(service, 'docker')))
    return found.find((holder) => holder !== undefined)
  }
  const notOurs = (kind: Kind, names: readonly string[]): readonly string[] =>
    names.filter((name) => holderOf(kind, name) !== project)
  return {
    state: stateOf(raw, members),
    around: {
      entryPoints: entryPointNames({ entryPoints: new Map(entryPoints.map((row) => [row.name, knownOf(row)])) }),
      services: notOurs('service', Object.keys(raw.services ?? {})),
      middlewares: notOurs('middleware', Object.keys(raw.middlewares ?? {})),
    },
    isOurs: (kind, name) => name.includes('@docker') && holderOf(kind, name) === project,
    holderOf: (kind, name) => {
      const holder = holderOf(kind, name)
      return holder === project ? undefined : holder
    },
  }
}

/** `shop` of `shop/web/1`; a container of no project is its own. */
function projectOf(slot: string): string {
  return slot.split('/')[0] ?? slot
}

function knownOf({ asDefault = false, http }: EntryPoint) {
  return { asDefault, middlewares: http?.middlewares ?? [], tls: http?.tls, observability: undefined }
}
