// Header and RequestHeader with a fixed value → a headers middleware; the others say why not.
import { balancerVariablePattern } from '../../../model/balancer-variables.ts'
import { fieldsOf } from '../piece.ts'
import type { Fields } from '../piece.ts'
import { cited } from '../remark.ts'
import type { Tell } from '../remark.ts'
import { inherited } from './draft.ts'
import type { HeaderDraft, HostDraft, Pass } from './draft.ts'
import { isRouteCookie, isRouteHeader } from './sticky.ts'

/** Those that hold for this pass, in order. */
export function headersFor(host: HostDraft, pass: Pass): readonly HeaderDraft[] {
  return inherited(host, ({ headers }) => headers).filter((header) => {
    if (whyNotFixed(header) !== undefined || isOfRoute(header)) return false
    if (header.balancer !== undefined) return header.balancer === pass.target?.balancer
    return header.path === undefined || `${pass.path}/`.startsWith(header.path.replace(/\/?$/, '/'))
  })
}

export function headersFields(headers: readonly HeaderDraft[]): Fields {
  const valuesOf = (of: HeaderDraft['of']): Fields | undefined => {
    const own = headers.filter((header) => header.of === of)
    if (own.length === 0) return undefined
    return new Map(own.map(({ name, action, value }) => [name, action === 'unset' ? '' : value.replaceAll('%%', '%')]))
  }
  const options = { customRequestHeaders: valuesOf('request'), customResponseHeaders: valuesOf('response') }
  return new Map([['headers', fieldsOf(options)]])
}

/** `used`: what became part of a service or of a middleware. */
export function tellOfHeaders(headers: readonly HeaderDraft[], used: ReadonlySet<HeaderDraft>, tell: Tell): void {
  for (const header of headers) {
    const { line, text, action } = header
    const say = (severity: 'warning' | 'note', reason: string): void =>
      tell(line, severity, `${cited(text)}: ${reason}`)
    if (used.has(header)) {
      if (!isOfRoute(header) && !['set', 'unset'].includes(action))
        say('note', `Muster sets it, also where Apache would ${action} it`)
    } else if (!isOfRoute(header))
      say('note', whyNotFixed(header) ?? 'no ProxyPass for that path or balancer. Not imported')
    else if (isRouteHeader(header)) say('note', 'no balancer it holds for. Not imported')
  }
}

function isOfRoute(header: HeaderDraft): boolean {
  return isRouteCookie(header) || isRouteHeader(header)
}

const actions: ReadonlySet<string> = new Set(['set', 'add', 'append', 'merge', 'setifempty', 'unset'])

/** Undefined: its value is the same in every answer or request. */
function whyNotFixed({ action, name, value, condition, of }: HeaderDraft): string | undefined {
  if (!actions.has(action)) return `Muster sets and deletes headers, it cannot "${cited(action)}" them. Not imported`
  if (condition !== undefined && condition.toLowerCase() !== 'early')
    return `Muster has no conditions for headers. Not imported`
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'that is no name of a header. Not imported'
  // oxlint-disable-next-line no-control-regex -- what a field may not hold (RFC 9110 5.5)
  if (/[\x00-\x08\x0A-\x1F\x7F]/.test(value)) return 'the value holds control characters. Not imported'
  const other = (of === 'response' ? value.replaceAll(balancerVariablePattern, '') : value).replaceAll('%%', '')
  if (other.includes('%'))
    return 'the only variables Muster has are those of balancers, %{BALANCER_…}e, and in answers. Not imported'
  return undefined
}
