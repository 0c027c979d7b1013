// BalancerMember, ProxySet and the ProxyPass family: one line into the drafts it belongs to.
import { didYouMean } from '../../../model/nearest.ts'
import { tellInto } from '../remark.ts'
import type { Tell } from '../remark.ts'
import type { BalancerDraft, HostDraft, MemberDraft, Pass } from './draft.ts'
import { readParameters } from './parameters.ts'
import type { Directive } from './sections.ts'

export interface Place {
  readonly host: HostDraft
  /** Inside `<Proxy balancer://…>`. */
  readonly balancer: BalancerDraft | undefined
  /** Inside `<Location …>`. */
  readonly location: { readonly path: string; readonly isRegex: boolean } | undefined
  readonly tell: Tell
  /** Makes a name nobody else has. */
  readonly name: (wish: string) => string
}

const schemes: ReadonlySet<string> = new Set(['http', 'https'])

export function readBalancerMember({ args, line }: Directive, place: Place): void {
  const named = /^balancer:/i.test(args[0] ?? '') ? balancerAt(args[0] ?? '', line, place) : undefined
  const [url, ...words] = named === undefined ? args : args.slice(1)
  const balancer = named ?? place.balancer ?? missingBalancer(line, place)
  if (url === undefined)
    return tellInto(balancer.remarks)(line, 'error', 'a BalancerMember needs a URL, as in http://host:8080')
  const known = balancer.members.find((other) => other.url.toLowerCase() === url.toLowerCase())
  if (known !== undefined) tellInto(known.remarks)(line, 'warning', `"${url}" is listed twice: taken as one member`)
  const member = known ?? { url, line, parameters: new Map(), remarks: [] }
  if (known === undefined) balancer.members.push(member)
  readParameters(words, line, 'member', member)
}

export function readProxySet({ args, line }: Directive, place: Place): void {
  const [first = '', ...rest] = args
  if (!first.includes('://')) {
    const balancer = place.balancer ?? missingBalancer(line, place)
    return readParameters(args, line, 'balancer', balancer)
  }
  if (/^balancer:/i.test(first)) return readParameters(rest, line, 'balancer', balancerAt(first, line, place))
  const member = memberAt(first, place)
  if (member !== undefined) return readParameters(rest, line, 'member', member)
  const urls = [...place.host.balancers.values()].flatMap(({ members }) => members.map(({ url }) => url))
  const hint = didYouMean(first, urls)
  place.tell(line, 'error', `ProxySet ${first}: there is no such member${hint === undefined ? '' : `; ${hint}`}`)
}

/** ProxyPass and ProxyPassMatch. */
export function readProxyPass(directive: Directive, place: Place): void {
  const { args, line, text } = directive
  const isMatch = /match$/i.test(directive.name)
  const isLocal = place.location !== undefined && !(args.length > 1 && /^[/^]/.test(args[0] ?? ''))
  const [path, target, ...words] = isLocal ? [place.location?.path, ...args] : args
  if (path === undefined || target === undefined) {
    return place.tell(
      line,
      'error',
      `${directive.name} needs a path and where it leads, as in ProxyPass "/" "balancer://shop/"`,
    )
  }
  if (place.location !== undefined && !isLocal) {
    place.tell(
      line,
      'error',
      `in a <Location> ${directive.name} takes no path of its own; Apache does not start with this`,
    )
  }
  const isRegex = isLocal ? (place.location?.isRegex ?? false) : isMatch
  const to = target === '!' ? undefined : targetOf(target, line, place)
  if (target !== '!' && to === undefined) return
  const pass: Pass = { line, text, path, isRegex, target: to, isLocal }
  place.host.passes.push(pass)
  if (to === undefined) {
    if (words.length > 0) place.tell(line, 'error', `nothing may follow "!"; Apache does not start with this`)
  } else if (/^balancer:/i.test(target)) readParameters(words, line, 'balancer', to.balancer)
  else for (const member of to.balancer.members) readParameters(words, line, 'member', member)
}

export function readReverse(directive: Directive, place: Place): void {
  const [from, to] = place.location === undefined ? directive.args : [place.location.path, ...directive.args]
  if (from === undefined || to === undefined) {
    return place.tell(
      directive.line,
      'error',
      'ProxyPassReverse needs a path and a URL; Apache does not start with this',
    )
  }
  place.host.reverses.push({ line: directive.line, from, to })
}

export function readCookieMapping({ name, args: [from, to], line }: Directive, { host, tell }: Place): void {
  if (from === undefined || to === undefined)
    return tell(line, 'error', `${name} needs what members say and what clients see`)
  const mappings = /path$/i.test(name) ? host.cookiePaths : host.cookieDomains
  mappings.push({ line, from, to })
}

/** The balancer of that URL, here or outside of the virtual host; made when it is new. */
export function balancerAt(url: string, line: number, { host, name }: Place): BalancerDraft {
  const [, wish = ''] = /^balancer:\/*([^/?]*)/i.exec(url) ?? []
  const key = `balancer://${wish.toLowerCase()}`
  const known = host.balancers.get(key) ?? host.outside?.balancers.get(key)
  if (known !== undefined) return known
  const made: BalancerDraft = { name: name(wish), line, members: [], parameters: new Map(), remarks: [] }
  host.balancers.set(key, made)
  return made
}

/** Outside of `<Proxy>` Apache wants it named; a fragment that is imported may have lost it. */
function missingBalancer(line: number, place: Place): BalancerDraft {
  const above = [...place.host.balancers].findLast(([key]) => key.startsWith('balancer:'))?.[1]
  const balancer = above ?? balancerAt('balancer://balancer', line, place)
  const reason = `outside of <Proxy balancer://…> the balancer must be named; Apache does not start with this`
  const text = `${reason}. This line and others like it are taken for "${balancer.name}"`
  if (!balancer.remarks.some((remark) => remark.text === text)) tellInto(balancer.remarks)(line, 'error', text)
  return balancer
}

function memberAt(url: string, { host }: Place): MemberDraft | undefined {
  const wanted = url.toLowerCase()
  const all = [...host.balancers.values(), ...(host.outside?.balancers.values() ?? [])]
  return all.flatMap(({ members }) => members).find((member) => member.url.toLowerCase() === wanted)
}

function targetOf(target: string, line: number, place: Place): Pass['target'] {
  const [, scheme = '', authority = '', path = ''] = /^([a-z][\w+.-]*):\/\/([^/?]*)(.*)$/is.exec(target) ?? []
  if (/^balancer$/i.test(scheme)) return { balancer: balancerAt(target, line, place), path }
  const spoken = scheme.toLowerCase().replace(/^ws/, 'http')
  if (!schemes.has(spoken) || authority === '') {
    const reason =
      scheme === '' ? 'is neither a URL nor "!"' : `leads to what Muster does not speak: http and https only`
    place.tell(line, 'error', `"${target}" ${reason}. Not imported`)
    return undefined
  }
  const url = `${spoken}://${authority}`
  const key = url.toLowerCase()
  const known = place.host.balancers.get(key)
  if (known !== undefined) return { balancer: known, path }
  const member: MemberDraft = { url, line, parameters: new Map(), remarks: [] }
  const balancer = { name: place.name(authority), line, members: [member], parameters: new Map(), remarks: [] }
  place.host.balancers.set(key, balancer)
  return { balancer, path }
}
