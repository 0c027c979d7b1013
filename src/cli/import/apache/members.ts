// A BalancerMember → one server of a service.
import { readServerUrl } from '../../../labels/server-url.ts'
import { fieldsOf } from '../piece.ts'
import type { MemberPiece } from '../piece.ts'
import { tellInto } from '../remark.ts'
import type { Remark, Tell } from '../remark.ts'
import type { BalancerDraft, MemberDraft } from './draft.ts'
import { loadFactor, readParameter, routeName, seconds, statusLetters, wholeNumber } from './values.ts'
import { blankIn } from './variables.ts'

export interface Members {
  readonly pieces: readonly MemberPiece[]
  /** The path that all members' URLs have before that of the request: Apache puts it there. */
  readonly path: string
}

/** Members whose URL is of no use are told to `tell`, the balancer's. */
export function readMembers(balancer: BalancerDraft, tell: Tell): Members {
  const read = balancer.members.flatMap((member) => readMember(member, tell) ?? [])
  const [path = '', ...others] = new Set(read.map((member) => member.path))
  if (others.length > 0) {
    const paths = [path, ...others].map((each) => `"${each === '' ? '/' : each}"`).join(', ')
    tell(
      balancer.line,
      'error',
      `members have different paths (${paths}), which Muster cannot keep apart: "${path}" is used`,
    )
  }
  tellOfRoutes(balancer, tell)
  return { pieces: read.map(({ piece }) => piece), path }
}

function readMember(draft: MemberDraft, tell: Tell): { piece: MemberPiece; path: string } | undefined {
  const remarks: Remark[] = [...draft.remarks]
  const reader = { parameters: draft.parameters, tell: tellInto(remarks) }
  const url = readUrl(draft, tellInto(remarks), tell)
  if (url === undefined) {
    for (const { line, severity, text } of remarks) tell(line, severity, text)
    return undefined
  }
  const fields = fieldsOf({
    weight: readParameter(reader, 'loadfactor', loadFactor),
    route: readParameter(reader, 'route', routeName),
    redirect: readParameter(reader, 'redirect', routeName),
    lbset: readParameter(reader, 'lbset', wholeNumber(0, 99)),
    status: readParameter(reader, 'status', statusLetters),
    retry: readParameter(reader, 'retry', seconds),
  })
  const { scheme, port, address, path } = url
  return { piece: { url: address, line: draft.line, scheme, port, fields, remarks }, path }
}

interface Url {
  readonly address: string
  readonly path: string
  readonly scheme: string | undefined
  readonly port: number | undefined
}

function readUrl({ url, line }: MemberDraft, tell: Tell, tellBalancer: Tell): Url | undefined {
  const blank = blankIn(url)
  if (blank !== undefined) {
    tell(line, 'warning', `fill in what stands for ${blank}`)
    return { address: url, path: '', scheme: undefined, port: undefined }
  }
  const spoken = url.replace(/^ws(s?):/i, 'http$1:')
  if (spoken !== url) tell(line, 'note', `${url}: upgrades go to members as http, by themselves`)
  const [, address = spoken, path = ''] = /^([a-z][\w+.-]*:\/\/[^/?#]*)(.*)$/is.exec(spoken) ?? []
  if (!/^https?:/i.test(spoken)) {
    const hint = /^ajp:/i.test(url) ? "; use the application's HTTP connector" : ''
    tellBalancer(line, 'error', `${url}: members are spoken to in http or https${hint}. Not imported`)
    return undefined
  }
  const read = readServerUrl(address)
  if (!read.ok) {
    tellBalancer(line, 'error', `${read.reason}${read.hint === undefined ? '' : `; ${read.hint}`}. Not imported`)
    return undefined
  }
  const { scheme, port } = read.value
  return { address, path: path.replace(/\/+$/, ''), scheme, port }
}

function tellOfRoutes({ line, members, parameters }: BalancerDraft, tell: Tell): void {
  const routes = new Map<string, MemberDraft>()
  for (const member of members) {
    const route = member.parameters.get('route')
    if (route === undefined) continue
    const other = routes.get(route.value)
    const reason = `these members have one route, "${route.value}", so its sessions go to the first: `
    if (other !== undefined) tell(route.line, 'error', `${reason}${shown(other)}, ${shown(member)}`)
    routes.set(route.value, other ?? member)
  }
  for (const { parameters: own } of members) {
    const redirect = own.get('redirect')
    if (redirect !== undefined && !routes.has(redirect.value))
      tell(redirect.line, 'warning', `redirect=${redirect.value}: no member of this balancer has that route`)
  }
  const sticky = parameters.get('stickysession')
  const without = members.filter((member) => !member.parameters.has('route'))
  if (sticky === undefined || without.length === 0) return
  const who = without.length === members.length ? 'no member has' : `${without.map(shown).join(', ')} without`
  const reason = `${who} a route: Apache does not stick to such members at all. Muster gives each one a route`
  tell(sticky.line ?? line, 'warning', `stickysession=${sticky.value}: ${reason}`)
}

/** Without a password. */
function shown({ url }: MemberDraft): string {
  return url.replace(/\/\/[^/]*@/, '//')
}
