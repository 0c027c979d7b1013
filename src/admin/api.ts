// The service `api@internal`: which path gives which report or page. Reads only.
import { STATUS_CODES } from 'node:http'
import type { InternalAnswer, InternalRequest, InternalService } from '../exchange/internal.ts'
import { balancers, members } from './balancer-report.ts'
import { page as pageOf } from './list-query.ts'
import { middlewareItems, rawData, routerItems, serviceItems } from './traefik-report.ts'
import type { Item } from './traefik-report.ts'
import type { AdminSources } from './sources.ts'
import { pageAt } from './pages.ts'

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

export function createApi(sources: AdminSources): InternalService {
  return (request) => answer(request, sources)
}

export function createPing(isStopping: () => boolean): InternalService {
  return () => {
    // 503 takes this instance out of an outer balancer while the requests it has still finish.
    const status = isStopping() ? 503 : 200
    return { status, body: STATUS_CODES[status] ?? '', fields: ['Content-Type', 'text/plain; charset=utf-8'] }
  }
}

function answer({ method, path, query }: InternalRequest, sources: AdminSources): InternalAnswer {
  // RFC 9110 section 15.5.6: a 405 says what is allowed.
  if (method !== 'GET' && method !== 'HEAD') {
    return json(405, { message: `${method} is not allowed here` }, ['Allow', 'GET, HEAD'])
  }
  if (path === '/' && sources.pages) return { status: 302, body: '', fields: ['Location', '/balancer-manager'] }
  const report = reports[path]
  if (report !== undefined) return json(200, report(sources))
  const page = sources.pages ? pageAt(path) : undefined
  if (page !== undefined) return page
  const list = lists[path]
  if (list !== undefined) {
    const { items, nextPage } = pageOf(list(sources), new URLSearchParams(query))
    return json(200, items, ['X-Next-Page', String(nextPage)])
  }
  const slash = path.lastIndexOf('/')
  const name = decodeName(path.slice(slash + 1))
  const item = lists[path.slice(0, slash)]?.(sources).find((candidate) => candidate.name === name)
  return item === undefined ? json(404, { message: `nothing is at ${path}` }) : json(200, item)
}

/** Names hold `@`, which clients may escape; a malformed escape cannot be a name. */
function decodeName(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

function json(status: number, value: unknown, fields: readonly string[] = []): InternalAnswer {
  return {
    status,
    body: JSON.stringify(value),
    fields: ['Content-Type', 'application/json', 'Cache-Control', 'no-store', ...fields],
  }
}
