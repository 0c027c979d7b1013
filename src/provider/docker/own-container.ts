// Which container is Muster's own, if any: the networks it stands on decide which addresses it can reach, its project
// who may lead to Muster's own services.
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { joinedReference } from './address.ts'
import type { Container } from './container.ts'

/** What a process can tell of the container it is in. */
export interface OwnTraces {
  readonly hostname: string
  /** /proc/self/cgroup and /proc/self/mountinfo; empty where there are none. */
  readonly cgroup: string
  readonly mountinfo: string
}

export interface OwnPlace {
  /** Muster's own container; undefined when it is in none. */
  readonly ownId: string | undefined
  /** Its compose project. */
  readonly ownProject: string | undefined
  /** Networks Muster is on; empty: the host's. */
  readonly ownNetworks: readonly string[]
  /** What the host is called from inside Muster's container; undefined when no name is known. */
  readonly hostName: string | undefined
}

export async function readOwnTraces(): Promise<OwnTraces> {
  const [cgroup, mountinfo] = await Promise.all(
    ['/proc/self/cgroup', '/proc/self/mountinfo'].map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  return { hostname: hostname(), cgroup: cgroup ?? '', mountinfo: mountinfo ?? '' }
}

/** The names Docker and Podman give the host, in Traefik's order. */
const hostNames = ['host.docker.internal', 'host.containers.internal']

/** The first of them that resolves. */
export async function findHostName(resolve: (name: string) => Promise<unknown> = lookup): Promise<string | undefined> {
  for (const name of hostNames) {
    const found = await resolve(name).catch(() => undefined)
    if (found !== undefined) return name
  }
  return undefined
}

/** What the traces say of Muster's own container; read once, as a host's list of mounts may be long. */
export interface OwnIds {
  readonly whole: readonly string[]
  /** What the id begins with, unless another container has it as its whole id. */
  readonly beginning: string | undefined
}

export function readOwnIds({ hostname, cgroup, mountinfo }: OwnTraces): OwnIds {
  // The engine mounts a container's own files into it, under its full id. A host shows such paths too, for the shared
  // memory of its containers, but never mounted there.
  const [, mounted] = /\/containers\/([0-9a-f]{64})\/\S+ \/etc\/(?:hostname|hosts|resolv\.conf) /.exec(mountinfo) ?? []
  const [, grouped] = /[/-]([0-9a-f]{64})(?:\.scope)?$/m.exec(cgroup) ?? []
  return {
    whole: [mounted, grouped].filter((id) => id !== undefined),
    // Without a `hostname:` of its own, a container's host name is the beginning of its id.
    beginning: /^[0-9a-f]{12}$/.test(hostname) ? hostname : undefined,
  }
}

/**
 * Muster's container and the names of the networks it is on. None when it stands on the host's own network, be it
 * outside of any container or in host mode: from there every bridge is reachable.
 */
export function whereMusterIs(containers: readonly Container[], ids: OwnIds): Omit<OwnPlace, 'hostName'> {
  const own = ownContainer(containers, ids)
  const reference = own === undefined ? undefined : joinedReference(own)
  const joined = reference === undefined ? undefined : containers.find(({ id }) => id === reference)
  return {
    ownId: own?.id,
    ownProject: own?.compose?.project,
    ownNetworks: [...((joined ?? own)?.networks.keys() ?? [])],
  }
}

function ownContainer(containers: readonly Container[], { whole, beginning }: OwnIds): Container | undefined {
  const byId = whole.length === 0 ? undefined : containers.find(({ id }) => whole.includes(id))
  if (byId !== undefined || beginning === undefined) return byId
  return containers.find(({ id }) => id.startsWith(beginning))
}
