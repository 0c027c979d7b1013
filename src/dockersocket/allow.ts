// Who may ask the engine for what, in each mode. Exact lists of anchored paths: a socket that is open for GET alone still
// gives away files (archive, export), passwords and, by attach/ws, the standard input of any process.
import { controllerEventsAllowed } from './controller-events.ts'
import type { RequestHead } from './request-head.ts'

/**
 * `full`: everything, as the engine's own socket. `read-only`: looking, without secrets. `controller`: what Muster itself
 * asks of an engine, and nothing else.
 */
export type Mode = 'full' | 'read-only' | 'controller'

export type Verdict =
  | { readonly kind: 'refuse'; readonly reason: string }
  /** `redact`: the answer is JSON with environments in it, whose values are not for this client. */
  | { readonly kind: 'pass'; readonly redact: boolean }

interface Rule {
  readonly methods: readonly string[]
  readonly path: RegExp
  readonly query?: (query: string) => boolean
  readonly redact?: true
}

const get = ['GET']
const getOrHead = ['GET', 'HEAD']
const version = String.raw`^(?:/v1\.\d{1,3})?`
const reference = String.raw`[A-Za-z0-9][\w.-]{0,254}`

/**
 * Left out on purpose: archive, export and images/get (files), attach (input), top (`ps_args=e` shows environments), changes and
 * history, volumes and system/df (driver options hold passwords), everything of Swarm, plugins and exec.
 */
const readOnly: readonly Rule[] = [
  { methods: getOrHead, path: exactly('/_ping') },
  { methods: getOrHead, path: exactly('/version') },
  { methods: getOrHead, path: exactly('/info') },
  { methods: get, path: exactly('/events') },
  { methods: getOrHead, path: exactly('/containers/json') },
  { methods: getOrHead, path: exactly(`/containers/${reference}/json`), redact: true },
  { methods: get, path: exactly(`/containers/${reference}/(?:logs|stats)`) },
  { methods: getOrHead, path: exactly('/images/json') },
  { methods: getOrHead, path: exactly(String.raw`/images/[A-Za-z0-9][\w.:@/-]{0,500}/json`), redact: true },
  { methods: getOrHead, path: exactly('/networks') },
  { methods: getOrHead, path: exactly(`/networks/${reference}`) },
]

const controller: readonly Rule[] = [
  { methods: getOrHead, path: exactly('/_ping'), query: isEmpty },
  { methods: get, path: exactly('/version'), query: isEmpty },
  { methods: get, path: exactly('/events'), query: controllerEventsAllowed },
  { methods: get, path: exactly('/containers/json'), query: (query) => /^(?:all=(?:1|true))?$/.test(query) },
  { methods: get, path: exactly('/containers/[0-9a-f]{64}/json'), query: isEmpty, redact: true },
]

const rules = { 'read-only': readOnly, controller }

/** Fields by which something on the way could be told that a request is another one than it looks. */
const disguises = new Set(
  'x-http-method-override x-http-method x-method-override x-original-url x-rewrite-url'.split(' '),
)

export function judge(head: RequestHead, mode: Mode): Verdict {
  const { method, target, fields } = head
  if (mode === 'full') return { kind: 'pass', redact: false }
  const refuse = (what: string): Verdict => ({ kind: 'refuse', reason: `${what} is not allowed in mode ${mode}` })
  if (head.wantsUpgrade) return refuse('an upgraded connection')
  if (head.body !== 'none') return refuse('a request with a body')
  const disguise = fields.find(([name]) => disguises.has(name))
  if (disguise !== undefined) return refuse(`the field ${disguise[0]}`)
  for (const { methods, path, query = () => true, redact = false } of rules[mode]) {
    // As written: escapes have no business in these paths.
    if (methods.includes(method) && path.test(target.rawPath) && query(target.query)) return { kind: 'pass', redact }
  }
  return refuse(`${method} ${target.rawPath.slice(0, 200)}`)
}

function exactly(path: string): RegExp {
  return new RegExp(`${version}${path}$`)
}

function isEmpty(query: string): boolean {
  return query === ''
}
