// `/api/muster/explain`: what would become of a request, and why. Pure: the snapshot and the members as they stand.
import type { RequestHead } from '../exchange/exchange.ts'
import type { MiddlewareConfig, RouterConfig, RuleSyntax } from '../model/dynamic-config.ts'
import { providerOf, qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { rankRoutes } from '../router/route-order.ts'
import { parseRule } from '../router/rule-parser.ts'
import type { ParsedRule } from '../router/rule-parser.ts'
import type { RoutePlan, Snapshot } from '../snapshot/snapshot.ts'
import { explainMatchers } from './explain-matchers.ts'
import type { ExplainedRule } from './explain-matchers.ts'
import { explainMembers } from './explain-members.ts'
import { askedRequest } from './explain-request.ts'
import type { AdminSources } from './sources.ts'

interface Considered {
  readonly name: QualifiedName
  readonly priority: string
  readonly matches: boolean
  readonly rule: ExplainedRule
}

interface PassedOver {
  readonly name: QualifiedName
  /** Why it is not asked. */
  readonly reason: string
}

/** Routers after the winner are not asked any more; those that would match too are worth a word. */
export function explain(sources: AdminSources, query: URLSearchParams): object {
  const asked = askedRequest(query, sources.settings)
  if (!asked.ok) {
    const { entryPoint, status, reason } = asked
    return { entryPoint, outcome: { status, reason } }
  }
  const { head, entryPoint } = asked
  const snapshot = sources.store.current
  const { here, others } = split(snapshot, entryPoint.name, head)
  const considered = here.map((route) => consider(route, head))
  const index = considered.findIndex(({ matches }) => matches)
  const asFarAs = index === -1 ? considered.length : index + 1
  const { method, host, path, query: search, clientIp: client, secure } = head
  return {
    request: { method, host, path, query: search, client, secure },
    entryPoint,
    routers: considered.slice(0, asFarAs),
    behind: considered.slice(asFarAs).flatMap(({ name, matches }) => (matches ? name : [])),
    passedOver: [...others, ...disabled(snapshot, head, sources.settings.core.defaultRuleSyntax)],
    ...follow(here[index], entryPoint.name, head, sources),
  }
}

function consider({ name, priority, rule }: RoutePlan, head: RequestHead): Considered {
  const explained = explainMatchers(rule, head)
  return { name, priority: String(priority), matches: explained.matches, rule: explained }
}

/** Routers that the request is held against, in their order, and those that would match if they stood there too. */
function split(
  { plan }: Snapshot,
  entryPoint: string,
  head: RequestHead,
): { readonly here: readonly RoutePlan[]; readonly others: readonly PassedOver[] } {
  const here: RoutePlan[] = []
  const others: PassedOver[] = []
  for (const route of plan.routes.values()) {
    const place = route.places.find((candidate) => candidate.entryPoint === entryPoint)
    if (place?.tls === head.secure) here.push(route)
    else if (providerOf(route.name) !== 'internal' && explainMatchers(route.rule, head).matches) {
      const names = route.places.map((candidate) => candidate.entryPoint).join(', ')
      const kind = head.secure ? 'takes plain requests only' : 'takes requests over TLS only'
      others.push({ name: route.name, reason: place === undefined ? `stands on ${names} only` : kind })
    }
  }
  return { here: rankRoutes(here), others }
}

/** Compiling what a large expression says takes milliseconds, and a router keeps its identity while it stays as it is. */
const parsedRules = new WeakMap<RouterConfig, ParsedRule>()

function parsedOnce(config: RouterConfig, syntax: RuleSyntax): ParsedRule {
  const before = parsedRules.get(config)
  if (before !== undefined) return before
  const parsed = parseRule(config.rule, config.ruleSyntax ?? syntax)
  parsedRules.set(config, parsed)
  return parsed
}

/** Routers that take no requests at all, when their rule would match or cannot be read. */
function disabled({ routers, plan }: Snapshot, head: RequestHead, syntax: RuleSyntax): readonly PassedOver[] {
  return [...routers].flatMap(([name, { status, errors, config }]) => {
    if (status !== 'disabled' || plan.routes.has(name)) return []
    const parsed = parsedOnce(config, syntax)
    const isMeant = !parsed.ok || explainMatchers(parsed.rule, head).matches
    return isMeant ? { name, reason: `is disabled: ${errors.join('; ')}` } : []
  })
}

/** From the router that takes the request to its members. */
function follow(
  route: RoutePlan | undefined,
  entryPoint: string,
  head: RequestHead,
  { store, cluster, settings, edits }: AdminSources,
): object {
  if (route === undefined) return { outcome: { status: 404, reason: 'no router matches' } }
  const { current } = store
  const references = [
    ...(settings.entryPoints.get(entryPoint)?.middlewares ?? []),
    ...(current.routers.get(route.name)?.config.middlewares ?? []),
  ]
  const middlewares = references.map((reference) => {
    const name = qualify(reference, providerOf(route.name))
    const found = current.middlewares.get(name)
    return { name, type: typeOf(found?.config), errors: found?.errors ?? [] }
  })
  const config = current.services.get(route.service)?.config
  const found = { router: route.name, middlewares, service: route.service }
  if (route.refusal !== undefined) return { ...found, outcome: { status: 503, reason: route.refusal } }
  if (config === undefined) return { ...found, outcome: { reason: "one of Muster's own services answers" } }
  const ofService = cluster.members.filter(({ service }) => service === route.service)
  const members = explainMembers(route.service, config, ofService, { head, secret: edits.secret })
  const chosen = members.filter(({ mayBeChosen }) => mayBeChosen)
  if (chosen.length === 0) return { ...found, members, outcome: { status: 503, reason: 'no member is ready' } }
  const slots = chosen.map(({ slot }) => slot).join(', ')
  const method = config.balancing?.method ?? 'byrequests'
  const order = method === 'byrequests' ? 'in turn' : `by ${method}`
  const reason = chosen.length === 1 ? `goes to ${slots}` : `goes to one of ${slots}, ${order}`
  return { ...found, members, outcome: { reason } }
}

function typeOf(config: MiddlewareConfig | undefined): string | undefined {
  return config?.kind === 'pending' ? config.type : config?.kind
}
