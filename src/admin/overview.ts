// `/api/overview`, `/api/entrypoints`: how many there are of what, and how Muster was started.
import { hostPort } from '../exchange/host-port.ts'
import type { EntryPointSettings, Settings } from '../settings/settings.ts'
import type { Item } from './item.ts'
import { goDuration, shape } from './json.ts'
import { middlewareItems } from './middleware-items.ts'
import { routerItems } from './router-items.ts'
import { serviceItems } from './service-items.ts'
import type { AdminSources } from './sources.ts'
import { streamMiddlewareItems, streamRouterItems, streamServiceItems } from './stream-items.ts'

export function overview(sources: AdminSources): object {
  const { settings } = sources
  return {
    http: {
      routers: section(routerItems(sources)),
      services: section(serviceItems(sources)),
      middlewares: section(middlewareItems(sources)),
    },
    tcp: {
      routers: section(streamRouterItems('tcp')(sources)),
      services: section(streamServiceItems('tcp')(sources)),
      middlewares: section(streamMiddlewareItems(sources)),
    },
    udp: {
      routers: section(streamRouterItems('udp')(sources)),
      services: section(streamServiceItems('udp')(sources)),
    },
    features: {
      tracing: '',
      metrics: settings.metrics === undefined ? '' : 'Prometheus',
      accessLog: settings.accessLog !== undefined,
      hub: false,
    },
    providers: providersOf(settings),
  }
}

function section(items: readonly Item[]): object {
  const count = (status: Item['facts']['status']): number => items.filter(({ facts }) => facts.status === status).length
  return { total: items.length, warnings: count('warning'), errors: count('disabled') }
}

/** As Traefik spells them. */
function providersOf({ providers: { docker, file } }: Settings): string[] {
  return [...(docker === undefined ? [] : ['Docker']), ...(file === undefined ? [] : ['File'])]
}

export function entryPoints({ settings }: AdminSources): readonly object[] {
  return [...settings.entryPoints].map(([name, entryPoint]) => entryPointShape(name, entryPoint))
}

function entryPointShape(name: string, entryPoint: EntryPointSettings): object {
  const {
    host = '',
    port,
    asDefault,
    forwardedHeaders,
    proxyProtocol,
    paths,
    middlewares,
    redirection,
    tls,
    limits,
  } = entryPoint
  return {
    address: hostPort(host, port),
    ...(shape({ asDefault: asDefault || undefined, proxyProtocol }) as object),
    transport: {
      lifeCycle: {
        requestAcceptGraceTimeout: goDuration(limits.acceptGraceMs),
        graceTimeOut: goDuration(limits.graceTimeOutMs),
      },
      respondingTimeouts: {
        readTimeout: goDuration(limits.readTimeoutMs),
        writeTimeout: goDuration(limits.writeTimeoutMs),
        idleTimeout: goDuration(limits.idleTimeoutMs),
      },
    },
    forwardedHeaders: shape(forwardedHeaders),
    http: shape({
      middlewares,
      tls,
      redirections: redirection && { entryPoint: redirection },
      maxHeaderBytes: limits.maxHeaderBytes,
      sanitizePath: paths.sanitize,
      encodeQuerySemicolons: paths.encodeQuerySemicolons,
      encodedCharacters: paths.encodedCharacters,
    }),
    name,
  }
}
