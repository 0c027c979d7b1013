// The service `api@internal`: which path gives which report or page. Reads only.
import type { Exchange, Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { balancers, members } from './balancer-report.ts'
import { page } from './list-query.ts'
import { middlewareItems, rawData, routerItems, serviceItems } from './traefik-report.ts'
import type { Item } from './traefik-report.ts'
import type { AdminSources } from './sources.ts'
import { servePage } from './pages.ts'

type Report = (sources: AdminSources) => unknown

const reports: Readonly<Record<string, Report>> = {
  '/api/version': ({ version, startDate }) => ({ Version: version, Codename: 'muster', startDate }),
  '/api/rawdata': rawData,
  '/api/muster/balancers': balancers,
  '/api/muster/members': members,
  '/api/muster/problems': ({ store }) => store.current.problems,
}

/** Traefik's lists: `/api/http/routers` gives a page of them, `/api/http/routers/NAME` one. */
const lists: Readonly<Record<string, (sources: AdminSources) => readonly Item[]>> = {
  '/api/http/routers': routerItems,
  '/api/http/services': serviceItems,
  '/api/http/middlewares': middlewareItems,
}

export function createApi(sources: AdminSources): Handler {
  return (exchange) => {
    answer(exchange, sources)
    return Promise.resolve()
  }
}

export function createPing(isStopping: () => boolean): Handler {
  return (exchange) => {
    // 503 takes this instance out of an outer balancer while the requests it has still finish.
    respond(exchange, isStopping() ? 503 : 200)
    return Promise.resolve()
  }
}

function answer(exchange: Exchange, sources: AdminSources): void {
  const { method, path, query } = exchange.head
  if (method !== 'GET' && method !== 'HEAD') return json(exchange, 405, { message: `${method} is not allowed here` })
  if (path === '/' && sources.pages) return respond(exchange, 302, '', ['Location', '/balancer-manager'])
  const report = reports[path]
  if (report !== undefined) return json(exchange, 200, report(sources))
  if (sources.pages && servePage(exchange)) return
  const list = lists[path]
  if (list !== undefined) {
    const { items, nextPage } = page(list(sources), new URLSearchParams(query))
    return json(exchange, 200, items, ['X-Next-Page', String(nextPage)])
  }
  const slash = path.lastIndexOf('/')
  const name = decodeName(path.slice(slash + 1))
  const item = lists[path.slice(0, slash)]?.(sources).find((candidate) => candidate.name === name)
  if (item !== undefined) return json(exchange, 200, item)
  json(exchange, 404, { message: `nothing is at ${path}` })
}

/** Names hold `@`, which clients may escape; a malformed escape cannot be a name. */
function decodeName(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

function json(exchange: Exchange, status: number, value: unknown, fields: readonly string[] = []): void {
  respond(exchange, status, JSON.stringify(value), [
    'Content-Type',
    'application/json',
    'Cache-Control',
    'no-store',
    ...fields,
  ])
}
