// stickysession and `Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e"` → the sticky sessions of a service.
import { nearest } from '../../../model/nearest.ts'
import { fieldsOf } from '../piece.ts'
import type { Fields, Value } from '../piece.ts'
import { cited } from '../remark.ts'
import type { Tell } from '../remark.ts'
import type { HeaderDraft, Parameters } from './draft.ts'
import { onOff, readParameter } from './values.ts'

const route = '%{BALANCER_WORKER_ROUTE}e'

/** A header that sets the balancer's own cookie. */
export function isRouteCookie({ of, name, value }: HeaderDraft): boolean {
  return of === 'response' && /^set-cookie$/i.test(name) && value.includes(route)
}

/** A header that tells the client the member's route, and nothing else. */
export function isRouteHeader({ of, name, value }: HeaderDraft): boolean {
  return of === 'response' && !/^set-cookie$/i.test(name) && value === route
}

/** Undefined: the balancer is not sticky. */
export function stickyFields(
  parameters: Parameters,
  headers: readonly HeaderDraft[],
  tell: Tell,
): { readonly fields: Fields; readonly used: HeaderDraft | undefined } | undefined {
  const named = readParameter({ parameters, tell }, 'stickysession', (value, say) => {
    if (value === '' || value.startsWith('|')) say('error', 'names no cookie. Not imported')
    return value === '' || value.startsWith('|') ? undefined : value
  })
  if (named === undefined) return undefined
  const [cookie = ''] = named.split('|')
  const separator = readParameter({ parameters, tell }, 'stickysessionsep', (value, say) => {
    if (/^off$/i.test(value)) return 'off'
    if (value.length !== 1) say('error', 'write one character, or Off; Apache does not start with this. Not imported')
    return value.length === 1 ? value : undefined
  })
  const scolonPathDelim = readParameter({ parameters, tell }, 'scolonpathdelim', onOff)
  const header = headers.findLast((candidate) => cookieOf(candidate).name === cookie)
  const session = fieldsOf({ name: named, separator, scolonPathDelim })
  const cookieFields = header === undefined ? undefined : routeCookie(header, separator ?? '.', tell)
  return { fields: fieldsOf({ cookie: cookieFields, session }), used: header }
}

/** A cookie that no balancer reads. */
export function tellUnread(header: HeaderDraft, cookies: readonly string[], tell: Tell): void {
  const { name } = cookieOf(header)
  const meant = nearest(name, cookies)
  const hint = meant === undefined ? '' : `; did you mean "${meant}"? (cookies are told apart by case)`
  const reason = `no balancer here has stickysession=${name}, so nobody reads this cookie${hint}`
  tell(header.line, 'warning', `${cited(header.text)}: ${reason}. Not imported`)
}

function cookieOf({ value }: HeaderDraft): { readonly name: string; readonly text: string; attributes: string[] } {
  const [first = '', ...attributes] = value.split(';')
  const [, name = first, text = ''] = /^\s*([^=]*)=(.*)$/s.exec(first) ?? []
  return { name: name.trim(), text: text.trim(), attributes }
}

function routeCookie(header: HeaderDraft, separator: string, tell: Tell): Fields {
  const { line, condition, action } = header
  const { name, text, attributes } = cookieOf(header)
  const say = (severity: 'warning' | 'note', reason: string): void =>
    tell(line, severity, `${cited(header.text)}: ${reason}`)
  const before = text.slice(0, text.indexOf(route))
  if (separator !== 'off' && !before.endsWith(separator)) {
    say(
      'warning',
      `Apache looks for the route behind a "${separator}", which this cookie does not have; Muster writes it`,
    )
  } else if (before.length > 1) say('note', `Muster writes "${name}=${separator === 'off' ? '' : separator}route"`)
  if (condition === undefined) say('note', 'it is set with every answer; Muster sets it when the route changed')
  else if (condition.toLowerCase() !== 'env=balancer_route_changed') {
    const hint =
      nearest(condition, ['env=BALANCER_ROUTE_CHANGED']) === undefined
        ? ''
        : ' (did you mean env=BALANCER_ROUTE_CHANGED?)'
    say('warning', `Muster sets it when the route changed, not when ${condition}${hint}`)
  }
  if (!['add', 'set', 'append', 'merge', 'setifempty'].includes(action))
    say('warning', `read as "add", not as "${action}"`)
  if (action === 'set') say('note', '"set" takes away cookies of the application; Muster adds its own')
  const fields = new Map<string, Value>([
    ['name', name],
    ['form', 'route'],
  ])
  for (const attribute of attributes) readAttribute(attribute.trim(), fields, say)
  return fields
}

function readAttribute(
  text: string,
  fields: Map<string, Value>,
  say: (severity: 'note', reason: string) => void,
): void {
  const [, name = text, value = ''] = /^([^=]*?)\s*=\s*(.*)$/s.exec(text) ?? []
  const key = name.toLowerCase()
  if (key === 'path' || key === 'domain') fields.set(key, value)
  else if (key === 'secure' || key === 'httponly') fields.set(key === 'secure' ? 'secure' : 'httpOnly', true)
  else if (key === 'samesite' && /^(none|lax|strict)$/i.test(value)) fields.set('sameSite', value.toLowerCase())
  else if (key === 'max-age' && /^-?\d+$/.test(value)) fields.set('maxAge', Number(value))
  else if (text !== '') say('note', `"${cited(text)}" is no attribute that Muster sets`)
}
