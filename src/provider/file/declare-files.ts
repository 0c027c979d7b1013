// What all files say together → the provider's declaration.
import type { Declaration, Origin } from '../../model/declaration.ts'
import type { StreamConfig } from '../../model/dynamic-config.ts'
import type { ObjectKind, Problem } from '../../model/problem.ts'
import { readLater } from './look.ts'
import type { Look } from './look.ts'

export const providerName = 'file'

/** Pure. Of a name in several files the first, in the order of their paths, is kept; the others are problems. */
export function declareFiles({ files, directoryTroubles, missingDirectory }: Look): Omit<Declaration, 'cause'> {
  const problems: Problem[] = []
  const declaration = { routers: new Map(), services: new Map(), middlewares: new Map() } satisfies Partial<Declaration>
  const tcp = { routers: new Map(), services: new Map(), middlewares: new Map() } satisfies StreamConfig
  const udp = { routers: new Map(), services: new Map(), middlewares: new Map() } satisfies StreamConfig
  const holders = new Map<string, string>()
  const origins = new Map<string, Origin>()
  if (missingDirectory !== undefined) {
    problems.push(troubleProblem(missingDirectory, 'there is no such directory', readLater))
  }
  for (const [directory, reason] of directoryTroubles) problems.push(troubleProblem(directory, reason))
  for (const [path, { good, trouble }] of files) {
    if (trouble !== undefined) {
      const { position, reason, hint } = trouble
      const kept = good === undefined ? '' : '; its last good content stays'
      problems.push(troubleProblem(position === undefined ? path : `${path}:${position}`, reason + kept, hint))
    }
    if (good === undefined) continue
    for (const problem of good.problems) problems.push({ provider: providerName, source: path, ...problem })
    for (const [kind, into, from] of [
      ['router', declaration.routers, good.routers],
      ['service', declaration.services, good.services],
      ['middleware', declaration.middlewares, good.middlewares],
      ['tcp router', tcp.routers, good.tcp?.routers ?? []],
      ['tcp service', tcp.services, good.tcp?.services ?? []],
      ['tcp middleware', tcp.middlewares, good.tcp?.middlewares ?? []],
      ['udp router', udp.routers, good.udp?.routers ?? []],
      ['udp service', udp.services, good.udp?.services ?? []],
    ] as const) {
      for (const [name, config] of from) {
        const holder = holders.get(`${kind} ${name}`)
        if (holder === undefined) {
          holders.set(`${kind} ${name}`, path)
          into.set(name, config)
          if (kind === 'router') origins.set(name, { source: path, field: fieldOf(kind, name) })
        } else {
          problems.push(duplicate(path, kind, name, holder))
        }
      }
    }
  }
  const streams = { ...(isEmpty(tcp) ? {} : { tcp }), ...(isEmpty(udp) ? {} : { udp }) }
  return { provider: providerName, ...declaration, ...streams, problems, origins }
}

function isEmpty({ routers, services, middlewares }: StreamConfig): boolean {
  return routers.size + services.size + middlewares.size === 0
}

/** `http.routers.web`, `tcp.services.db`. */
function fieldOf(kind: ObjectKind, name: string): string {
  const [protocol, what] = kind.includes(' ') ? kind.split(' ') : ['http', kind]
  return `${protocol}.${what}s.${name}`
}

function troubleProblem(source: string, reason: string, hint?: string): Problem {
  return { severity: 'error', provider: providerName, source, field: undefined, object: undefined, reason, hint }
}

function duplicate(path: string, kind: ObjectKind, name: string, holder: string): Problem {
  return {
    severity: 'warning',
    provider: providerName,
    source: path,
    field: fieldOf(kind, name),
    object: { kind, name },
    reason: `${kind} "${name}" is already defined in ${holder}; this one is ignored`,
    hint: 'rename one of them',
  }
}
