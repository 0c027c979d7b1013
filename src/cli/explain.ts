// `muster explain URL`: asks the running controller what would become of a request, and prints it.
import { askApi, defaultApi } from './api-client.ts'
import { readArguments, tellUsage } from './arguments.ts'
import { painter } from './terminal.ts'
import type { Paint, Terminal } from './terminal.ts'

const usage = {
  command: 'explain',
  needs: 'one URL',
  wordsMax: 1,
  text: `usage: muster explain [--method M] [--header 'Name: value']… [--client IP] [--entrypoint NAME]
                      [--api ${defaultApi}] [--json] URL`,
}

const options = {
  method: { type: 'string', short: 'X' },
  header: { type: 'string', short: 'H', multiple: true },
  client: { type: 'string' },
  entrypoint: { type: 'string' },
  api: { type: 'string', default: defaultApi },
  json: { type: 'boolean' },
} as const

interface Rule {
  readonly kind: 'call' | 'and' | 'or' | 'not'
  readonly text: string
  readonly matches: boolean
  readonly saw?: string
  readonly operands: readonly Rule[]
}

/** The answer of `/api/muster/explain`. */
interface Explanation {
  readonly request?: { readonly method: string; readonly host: string; readonly path: string; readonly query?: string }
  readonly entryPoint?: { readonly name: string; readonly reason: string }
  readonly routers?: readonly {
    readonly name: string
    readonly priority: string
    readonly matches: boolean
    readonly rule: Rule
  }[]
  readonly behind?: readonly string[]
  readonly passedOver?: readonly { readonly name: string; readonly reason: string }[]
  readonly middlewares?: readonly {
    readonly name: string
    readonly type?: string
    readonly errors: readonly string[]
  }[]
  readonly service?: string
  readonly members?: readonly {
    readonly slot: string
    readonly url: string
    readonly state: string
    readonly mayBeChosen: boolean
    readonly why: string
  }[]
  readonly outcome: { readonly status?: number; readonly reason: string }
}

/** Of thousands nobody would read all. */
const routersShown = 20

/** 0: somebody would serve it. 1: it would be refused (404, 503, …). 2: nobody could be asked. */
export async function runExplain(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const parsed = readArguments(args, options, usage)
  if (!parsed.ok) return tellUsage(parsed, terminal)
  const [url] = parsed.words
  const { method, header = [], client, entrypoint, api, json } = parsed.values
  const query = new URLSearchParams({ url, ...(method && { method: method.toUpperCase() }), ...(client && { client }) })
  if (entrypoint !== undefined) query.set('entrypoint', entrypoint)
  for (const field of header) query.append('header', field)
  const answer = await askApi<Explanation>(api, `/api/muster/explain?${query.toString()}`, signal)
  if (!answer.ok) {
    terminal.complain(`muster: ${answer.message}`)
    return 2
  }
  if (json === true) terminal.print(JSON.stringify(answer.value, undefined, 2))
  else for (const line of describe(answer.value, painter(terminal))) terminal.print(line)
  return answer.value.outcome.status === undefined ? 0 : 1
}

function describe(explanation: Explanation, paint: Paint): readonly string[] {
  const { request, entryPoint, routers = [], behind = [], passedOver = [], middlewares = [], service } = explanation
  const { members = [], outcome } = explanation
  const shown = nearest(routers)
  const hidden = routers.length - shown.length
  return [
    ...(request === undefined ? [] : [`request     ${paint('bold', targetOf(request))}`]),
    ...(entryPoint === undefined ? [] : [`entrypoint  ${paint('bold', entryPoint.name)} (${entryPoint.reason})`]),
    ...shown.flatMap(({ name, priority, rule, matches }) => [
      `router      ${mark(matches, paint)} ${paint('bold', name)} (priority ${priority})`,
      ...ruleLines(rule, paint).map((line) => `              ${line}`),
    ]),
    ...(hidden === 0 ? [] : [`            ${paint('dim', `${hidden} more that do not match`)}`]),
    ...behind.map((name) => `            ${paint('dim', `${name} would match too, and comes later`)}`),
    ...passedOver.map(({ name, reason }) => `            ${paint('yellow', `${name} would match, but ${reason}`)}`),
    ...middlewares.map(({ name, type, errors }) => {
      const faults = errors.length === 0 ? '' : ` ${paint('red', errors.join('; '))}`
      return `middleware  ${name}${type === undefined ? '' : ` (${type})`}${faults}`
    }),
    ...(service === undefined ? [] : [`service     ${paint('bold', service)}`]),
    ...members.map(
      ({ slot, url, state, mayBeChosen, why }) =>
        `member      ${mark(mayBeChosen, paint)} ${slot} ${url} ${paint(state === 'ready' ? 'green' : 'yellow', state)}: ${why}`,
    ),
    `outcome     ${outcomeText(outcome, paint)}`,
  ]
}

/** Of many routers those that come near: something in their rule matches. */
function nearest(routers: NonNullable<Explanation['routers']>): NonNullable<Explanation['routers']> {
  if (routers.length <= routersShown) return routers
  return routers.filter(({ rule }) => hasMatch(rule)).slice(-routersShown)
}

function hasMatch({ kind, matches, operands }: Rule): boolean {
  return kind === 'call' ? matches : operands.some(hasMatch)
}

function outcomeText({ status, reason }: Explanation['outcome'], paint: Paint): string {
  return status === undefined ? paint('green', reason) : paint('red', `${status}: ${reason}`)
}

function targetOf({ method, host, path, query }: NonNullable<Explanation['request']>): string {
  return `${method} ${host}${path}${query === undefined ? '' : `?${query}`}`
}

const joints = { and: 'all of', or: 'one of', not: 'not' } as const

function ruleLines({ kind, text, matches, saw, operands }: Rule, paint: Paint): readonly string[] {
  if (kind === 'call') return [`${mark(matches, paint)} ${text}${saw ? paint('dim', ` ${saw}`) : ''}`]
  const below = operands.flatMap((operand) => ruleLines(operand, paint)).map((line) => `  ${line}`)
  return [`${mark(matches, paint)} ${joints[kind]}`, ...below]
}

function mark(good: boolean, paint: Paint): string {
  return good ? paint('green', '✓') : paint('red', '✗')
}
