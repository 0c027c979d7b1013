// hcmethod and its fellows (mod_proxy_hcheck) → the health check of a service.
import { fieldsOf } from '../piece.ts'
import type { Fields } from '../piece.ts'
import type { Tell } from '../remark.ts'
import { inherited } from './draft.ts'
import type { BalancerDraft, HostDraft, MemberDraft, Parameters } from './draft.ts'
import { duration, readParameter, wholeNumber } from './values.ts'

/** Undefined: there are no checks. Apache checks each member its way, Muster all of a service alike. */
export function healthCheck({ members }: BalancerDraft, host: HostDraft, tell: Tell): Fields | undefined {
  const wishes = members.map((member) => ({ member, parameters: checkOf(member, host, tell) }))
  const [first, ...others] = wishes.filter(({ parameters }) => parameters.has('hcmethod'))
  if (first === undefined) return undefined
  const { parameters } = first
  if (others.some((other) => textOf(other.parameters) !== textOf(parameters)) || others.length + 1 < members.length) {
    const reason = "members are checked in different ways: Muster checks all of a service alike, in the first one's way"
    tell(first.member.line, 'warning', reason)
  }
  const method = parameters.get('hcmethod')?.value.toUpperCase() ?? 'NONE'
  if (method === 'NONE') return undefined
  const reader = { parameters, tell }
  const [, verb] = /^(GET|HEAD|OPTIONS)(?:11)?$/.exec(method) ?? []
  if (method !== 'TCP' && verb === undefined) {
    tell(first.member.line, 'error', `hcmethod=${method}: Muster checks with GET, HEAD, OPTIONS or TCP. Not imported`)
    return undefined
  }
  return fieldsOf({
    mode: verb === undefined ? 'tcp' : undefined,
    path: verb === undefined ? undefined : (parameters.get('hcuri')?.value ?? '/'),
    method: verb === 'GET' ? undefined : verb,
    status: verb === undefined ? undefined : goodStatus(parameters, host, tell),
    interval: readParameter(reader, 'hcinterval', duration),
    rise: readParameter(reader, 'hcpasses', wholeNumber(1, 1000)),
    fall: readParameter(reader, 'hcfails', wholeNumber(1, 1000)),
  })
}

/** The parameters of its template, below its own. */
function checkOf({ parameters }: MemberDraft, host: HostDraft, tell: Tell): Parameters {
  const template = parameters.get('hctemplate')
  if (template === undefined) return parameters
  const words = inherited(host, ({ checks }) => [...checks]).findLast(([name]) => name === template.value)?.[1]
  if (words === undefined)
    tell(template.line, 'error', `hctemplate=${template.value}: there is no such ProxyHCTemplate`)
  const all: Parameters = new Map()
  for (const word of words ?? []) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? []
    all.set(name.toLowerCase(), { value, line: template.line })
  }
  for (const [name, parameter] of parameters) all.set(name, parameter)
  return all
}

function textOf(parameters: Parameters): string {
  return [...parameters]
    .filter(([name]) => name.startsWith('hc') && name !== 'hctemplate')
    .map(([name, { value }]) => `${name}=${value}`)
    .sort()
    .join(' ')
}

/** `%{REQUEST_STATUS} == 204` is one status; `=~ /^[23]/` is what Muster takes for good anyway. */
function goodStatus(parameters: Parameters, host: HostDraft, tell: Tell): number | undefined {
  return readParameter({ parameters, tell }, 'hcexpr', (name, say) => {
    const words = inherited(host, ({ checks }) => [...checks]).findLast(([known]) => known === name)?.[1]
    if (words === undefined) {
      say('error', 'there is no such ProxyHCExpr')
      return undefined
    }
    const expression = words.join(' ').replace(/^\{\s*(.*?)\s*\}$/, '$1')
    const [, status] = /^%\{REQUEST_STATUS\}\s*(?:==|-eq)\s*'?(\d{3})'?$/.exec(expression) ?? []
    if (status !== undefined) return Number(status)
    const isUsual = /^%\{REQUEST_STATUS\}\s*=~\s*\/\^\[(23|2-3)\]\/$/.test(expression)
    if (!isUsual) say('warning', `"${expression}": Muster takes 200 to 399 for good, or one status`)
    return undefined
  })
}
