// The ProxyPass lines of all virtual hosts → routers and their middlewares. In Apache the first line that fits takes a
// request, so each router gets a priority.
import { parseRule } from '../../../router/rule-parser.ts'
import { printRule } from '../../../router/rule.ts'
import { fieldsOf } from '../piece.ts'
import type { Piece, RouterPiece } from '../piece.ts'
import { cited, tellInto } from '../remark.ts'
import type { Remark, Severity, Tell } from '../remark.ts'
import type { BalancerDraft, HeaderDraft, HostDraft, Mapping, Pass } from './draft.ts'
import { headersFields, headersFor } from './headers.ts'
import { answerStep, requestSteps } from './paths.ts'
import type { Step } from './paths.ts'
import { coversPath, meetsPath, ruleOf } from './rules.ts'
import type { Service } from './services.ts'

/** Between the priorities of two routers, so that one's own can come in. */
const priorityStep = 10

export interface Routing {
  readonly services: ReadonlyMap<BalancerDraft, Service>
  /** Of no single router. */
  readonly tell: Tell
  readonly usedHeaders: Set<HeaderDraft>
  readonly usedMappings: Set<Mapping>
}

interface Draft {
  readonly name: string
  readonly rule: string
  readonly service: string
  readonly middlewares: readonly string[]
  readonly remarks: readonly Remark[]
}

export function readRouters(
  hosts: readonly HostDraft[],
  routing: Routing,
): { routers: RouterPiece[]; middlewares: Piece[] } {
  const middlewares = new Map<string, Piece>()
  const drafts = hosts.flatMap((host, index) => {
    // Virtual hosts inherit what is outside, whatever the name outside is.
    const isInherited = index === 0 && hosts.length > 1
    return routersOf(isInherited ? { ...host, names: [] } : host, routing, middlewares)
  })
  const routers = uniquelyNamed(drafts).map(({ name, rule, service, middlewares: names, remarks }, index) => {
    const priority = drafts.length > 1 ? (drafts.length - index) * priorityStep : undefined
    const fields = fieldsOf({ rule, priority, middlewares: names.length === 0 ? undefined : names, service })
    return { name, fields, service, remarks }
  })
  return { routers, middlewares: [...middlewares.values()] }
}

/** Those of a Location come first, and the last of them before the others; what is outside goes before all. */
function inOrder({ passes }: HostDraft): readonly Pass[] {
  return [...passes.filter(({ isLocal }) => isLocal).toReversed(), ...passes.filter(({ isLocal }) => !isLocal)]
}

function routersOf(host: HostDraft, routing: Routing, middlewares: Map<string, Piece>): readonly Draft[] {
  const before = host.outside === undefined ? [] : [...inOrder(host.outside)]
  const routers: Draft[] = []
  for (const pass of inOrder(host)) {
    const say = (severity: Severity, reason: string): void =>
      routing.tell(pass.line, severity, `${cited(pass.text)}: ${reason}`)
    const first = before.find((other) => coversPath(other, pass))
    if (first !== undefined) {
      say('warning', `has no effect, line ${first.line} comes first`)
      continue
    }
    const exceptions = before.filter((other) => other.target === undefined && meetsPath(other, pass))
    const rule = printRule(ruleOf(host, pass, exceptions))
    const parsed = parseRule(rule)
    if (!parsed.ok) {
      const { reason, hint } = parsed.error
      say('error', `${reason}${hint === undefined ? '' : `; ${hint}`}. Not imported`)
      continue
    }
    before.push(pass)
    const service = pass.target === undefined ? undefined : routing.services.get(pass.target.balancer)
    if (service === undefined) say('note', 'is taken out of the rules of what comes after it')
    else routers.push(routerOf({ host, pass, service, rule }, routing, middlewares))
  }
  return routers
}

interface Passing {
  readonly host: HostDraft
  readonly pass: Pass
  readonly service: Service
  readonly rule: string
}

function routerOf(passing: Passing, routing: Routing, middlewares: Map<string, Piece>): Draft {
  const { pass, service, rule } = passing
  const remarks: Remark[] = []
  const slug = pass.path.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '')
  const name = `${service.piece.name}${slug === '' ? '' : `-${slug}`}`
  const steps = stepsOf(passing, routing, tellInto(remarks))
  const names = steps.map(([purpose, fields]) => nameOf(`${name}-${purpose}`, fields, middlewares))
  return { name, rule, service: service.piece.name, middlewares: names, remarks }
}

function stepsOf({ host, pass, service }: Passing, routing: Routing, tell: Tell): readonly Step[] {
  const mapped = { pass, host, memberPath: service.path, tell }
  const answer = answerStep(mapped, routing.usedMappings)
  const headers = headersFor(host, pass)
  for (const header of headers) routing.usedHeaders.add(header)
  return [
    ...(headers.length === 0 ? [] : [['headers', headersFields(headers)] as const]),
    ...(answer === undefined ? [] : [answer]),
    ...requestSteps(mapped),
  ]
}

/** Routers that want the same share it. */
function nameOf(wish: string, fields: Piece['fields'], all: Map<string, Piece>): string {
  const text = JSON.stringify(fields, (_, value: unknown) => (value instanceof Map ? [...value] : value))
  const known = all.get(text)
  if (known !== undefined) return known.name
  const taken = new Set([...all.values()].map(({ name }) => name.toLowerCase()))
  const name = unique(wish, taken)
  all.set(text, { name, fields, remarks: [] })
  return name
}

/** The path is part of the name where one service has several routers. */
function uniquelyNamed(drafts: readonly Draft[]): readonly Draft[] {
  const uses = Map.groupBy(drafts, ({ service }) => service)
  const taken = new Set<string>()
  return drafts.map((draft) => {
    const isOnly = uses.get(draft.service)?.length === 1
    const name = unique(isOnly ? draft.service : draft.name, taken)
    taken.add(name.toLowerCase())
    return { ...draft, name }
  })
}

function unique(wish: string, taken: ReadonlySet<string>): string {
  let name = wish
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wish}-${number}`
  return name
}
