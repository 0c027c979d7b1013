// The service `api@internal`: which path gives which report or page, and which takes edits.
import { STATUS_CODES } from 'node:http'
import type { InternalAnswer, InternalRequest, InternalService } from '../exchange/internal.ts'
import { json, told } from './answer.ts'
import { balancers, members } from './balancer-report.ts'
import { createEditApi } from './edit-api.ts'
import type { EditApi } from './edit-api.ts'
import { createEvents, journalReport } from './events.ts'
import { explain } from './explain.ts'
import type { Item } from './item.ts'
import { withName } from './item.ts'
import { listed } from './list-query.ts'
import { middlewareItems } from './middleware-items.ts'
import { entryPoints, overview } from './overview.ts'
import { pageAt } from './pages.ts'
import { problems } from './problem-report.ts'
import { routerItems } from './router-items.ts'
import { serviceItems } from './service-items.ts'
import type { AdminSources } from './sources.ts'
import { streamMiddlewareItems, streamRouterItems, streamServiceItems } from './stream-items.ts'

type Report = (sources: AdminSources, query: URLSearchParams) => unknown

const reports: Readonly<Record<string, Report>> = {
  '/api/version': ({ version, startDate }) => ({ Version: version, Codename: 'muster', startDate }),
  '/api/overview': overview,
  '/api/entrypoints': entryPoints,
  '/api/rawdata': rawData,
  // There are none before TLS is supported; clients of Traefik's API ask all the same.
  '/api/certificates': () => [],
  '/api/muster/balancers': balancers,
  '/api/muster/members': members,
  '/api/muster/problems': problems,
  '/api/muster/explain': explain,
}

interface List {
  readonly kind: 'router' | 'service' | 'middleware'
  readonly items: (sources: AdminSources) => readonly Item[]
}

/** Traefik's lists: `/api/http/routers` gives a page of them, `/api/http/routers/NAME` one. */
const lists: Readonly<Record<string, List>> = {
  '/api/http/routers': { kind: 'router', items: routerItems },
  '/api/http/services': { kind: 'service', items: serviceItems },
  '/api/http/middlewares': { kind: 'middleware', items: middlewareItems },
  '/api/tcp/routers': { kind: 'router', items: streamRouterItems('tcp') },
  '/api/tcp/services': { kind: 'service', items: streamServiceItems('tcp') },
  '/api/tcp/middlewares': { kind: 'middleware', items: streamMiddlewareItems },
  '/api/udp/routers': { kind: 'router', items: streamRouterItems('udp') },
  '/api/udp/services': { kind: 'service', items: streamServiceItems('udp') },
}

/** What looks at more of a request than its path and query. */
interface Special {
  readonly edits: EditApi
  readonly events: (request: InternalRequest) => InternalAnswer
}

export function createApi(sources: AdminSources): InternalService {
  const { basePath } = sources.settings.api
  const edits = createEditApi(sources)
  const special: Special = { edits, events: createEvents(sources) }
  return (request) => answer(withoutBase(request, basePath), sources, special)
}

export function createPing(isStopping: () => boolean, terminatingStatusCode: number): InternalService {
  return () => {
    // 503 takes this instance out of an outer balancer while the requests it has still finish.
    const status = isStopping() ? terminatingStatusCode : 200
    return { status, body: STATUS_CODES[status] ?? '', fields: ['Content-Type', 'text/plain; charset=utf-8'] }
  }
}

/** `noop@internal`, where redirections lead that never arrive there: Traefik answers 418. */
export function noop(): InternalAnswer {
  return { status: 418, body: STATUS_CODES[418] ?? '', fields: ['Content-Type', 'text/plain; charset=utf-8'] }
}

function withoutBase(request: InternalRequest, basePath: string): InternalRequest {
  const { path } = request
  return path.startsWith(`${basePath}/`) ? { ...request, path: path.slice(basePath.length) } : request
}

function answer(
  request: InternalRequest,
  sources: AdminSources,
  { edits, events }: Special,
): InternalAnswer | Promise<InternalAnswer> {
  const { method, path, query } = request
  if (method !== 'GET' && method !== 'HEAD') {
    const allowed = edits.takes(path) ? 'GET, HEAD, POST' : 'GET, HEAD'
    // RFC 9110 section 15.5.6: a 405 says what is allowed.
    const posted = method === 'POST' ? edits.post(request) : undefined
    return posted ?? told(405, `${method} is not allowed here`, ['Allow', allowed])
  }
  const { dashboard } = sources.settings.api
  // Relative, as all references: below `basePath`, and below a prefix that a router takes off.
  if (path === '/' && dashboard) return { status: 302, body: '', fields: ['Location', 'balancer-manager'] }
  const parameters = new URLSearchParams(query)
  if (path === '/api/muster/session') return edits.session(request)
  if (path === '/api/muster/events') return events(request)
  if (path === '/api/muster/journal') return journalReport(sources, parameters)
  if (path === '/api/muster/undo') return told(405, 'an edit is undone by POST', ['Allow', 'POST'])
  const report = reports[path]
  if (report !== undefined) return json(200, report(sources, parameters))
  const page = dashboard ? pageAt(path) : undefined
  if (page !== undefined) return page
  const list = lists[path]
  return list === undefined ? one(path, sources) : many(list, sources, parameters)
}

function many({ items }: List, sources: AdminSources, query: URLSearchParams): InternalAnswer {
  const found = listed(items(sources), query)
  if (!found.ok) return told(400, found.reason)
  return json(200, found.items.map(withName), ['X-Next-Page', String(found.nextPage)])
}

function one(path: string, sources: AdminSources): InternalAnswer {
  const slash = path.lastIndexOf('/')
  const name = decodeName(path.slice(slash + 1))
  const parent = path.slice(0, slash)
  if (parent === '/api/entrypoints') {
    const found = entryPoints(sources).find((candidate) => 'name' in candidate && candidate.name === name)
    return found === undefined ? told(404, `entry point not found: ${name}`) : json(200, found)
  }
  const list = lists[parent]
  if (list === undefined) return told(404, `nothing is at ${path}`)
  const found = list.items(sources).find((candidate) => candidate.name === name)
  return found === undefined ? told(404, `${list.kind} not found: ${name}`) : json(200, withName(found))
}

/** Names hold `@`, which clients may escape; a malformed escape cannot be a name. */
function decodeName(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** Everything at once, by name. */
function rawData(sources: AdminSources): object {
  const byName = (path: string): object | undefined => {
    const items = lists[path]?.items(sources) ?? []
    return items.length === 0 ? undefined : Object.fromEntries(items.map(({ name, json: fields }) => [name, fields]))
  }
  return {
    routers: byName('/api/http/routers'),
    middlewares: byName('/api/http/middlewares'),
    services: byName('/api/http/services'),
    tcpRouters: byName('/api/tcp/routers'),
    tcpMiddlewares: byName('/api/tcp/middlewares'),
    tcpServices: byName('/api/tcp/services'),
    udpRouters: byName('/api/udp/routers'),
    udpServices: byName('/api/udp/services'),
  }
}
