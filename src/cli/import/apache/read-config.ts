// Sections and directives → drafts. Whatever has no equivalent is told, line by line.
import { cited } from '../remark.ts'
import type { Severity, Tell } from '../remark.ts'
import { hostDraft } from './draft.ts'
import type { HostDraft } from './draft.ts'
import { blankIn } from './variables.ts'
import { whyNot } from './other-directives.ts'
import { readHeader } from './read-header.ts'
import {
  balancerAt,
  readBalancerMember,
  readCookieMapping,
  readProxyPass,
  readProxySet,
  readReverse,
} from './read-proxy.ts'
import type { Place } from './read-proxy.ts'
import type { Directive, Node, Section } from './sections.ts'

type Read<N extends Node> = (node: N, place: Place, hosts: HostDraft[]) => void

/** The first stands for what is outside of all virtual hosts. */
export function readConfig(nodes: readonly Node[], tell: Tell): readonly HostDraft[] {
  const outside = hostDraft(1, undefined, undefined)
  const hosts = [outside]
  readNodes(nodes, { host: outside, balancer: undefined, location: undefined, tell, name: names() }, hosts)
  return hosts
}

function readNodes(nodes: readonly Node[], place: Place, hosts: HostDraft[]): void {
  for (const node of nodes) {
    const key = node.name.toLowerCase()
    const blank = node.args.map(blankIn).find((found) => found !== undefined)
    const read = node.kind === 'section' ? sections.get(key) : directives.get(key)
    if (read === undefined) leaveOut(node, place)
    else {
      if (blank !== undefined && !tellOfBlanks.has(key))
        place.tell(node.line, 'warning', `${cited(node.text)}: fill in what stands for ${cited(blank)}`)
      ;(read as Read<Node>)(node, place, hosts)
    }
  }
}

const nothing = (): void => undefined

/** Those that tell it beside what they become, or define it. */
const tellOfBlanks: ReadonlySet<string> = new Set(['balancermember', 'define'])

const directives: ReadonlyMap<string, Read<Directive>> = new Map<string, Read<Directive>>([
  ['balancermember', readBalancerMember],
  ['proxyset', readProxySet],
  ['proxypass', readProxyPass],
  ['proxypassmatch', readProxyPass],
  ['proxypassreverse', readReverse],
  ['proxypassreversecookiepath', readCookieMapping],
  ['proxypassreversecookiedomain', readCookieMapping],
  ['header', readHeader],
  ['requestheader', readHeader],
  ['servername', ({ args }, { host }) => void host.names.push(...args.slice(0, 1))],
  ['serveralias', ({ args }, { host }) => void host.names.push(...args)],
  ['proxypreservehost', ({ args: [value = ''] }, { host }) => void (host.preservesHost = /^on$/i.test(value))],
  ['proxyhcexpr', readCheck],
  ['proxyhctemplate', readCheck],
  ['sethandler', readHandler],
  ['define', nothing],
  ['undefine', nothing],
])

const sections: ReadonlyMap<string, Read<Section>> = new Map<string, Read<Section>>([
  ['virtualhost', readVirtualHost],
  ['proxy', readProxySection],
  ['location', readLocation],
  ['locationmatch', readLocation],
  ['ifmodule', readCondition],
  ['ifdefine', readCondition],
  ['ifversion', readCondition],
  ['iffile', readCondition],
  ['ifsection', readCondition],
  ['ifdirective', readCondition],
])

function readCheck({ args: [name = '', ...rest] }: Directive, { host }: Place): void {
  host.checks.set(name, rest)
}

function readHandler({ args: [handler = ''], line, text }: Directive, { tell }: Place): void {
  if (isManager(handler))
    tell(line, 'note', `${cited(text)}: Muster has a page of its own, /balancer-manager on the API's port`)
  else tell(line, 'warning', `${cited(text)}: handlers are not imported; write ProxyPass where it is a proxy`)
}

function readVirtualHost({ args, line, children }: Section, place: Place, hosts: HostDraft[]): void {
  const [outside] = hosts
  const host = hostDraft(line, args.join(' '), outside)
  hosts.push(host)
  readNodes(children, { ...place, host }, hosts)
}

function readProxySection(section: Section, place: Place, hosts: HostDraft[]): void {
  const [url = ''] = section.args
  if (/^balancer:\/\/[^*/?]/i.test(url)) {
    return readGuarded(section, { ...place, balancer: balancerAt(url, section.line, place) }, hosts)
  }
  readGuarded(section, place, hosts)
}

function readLocation(section: Section, place: Place, hosts: HostDraft[]): void {
  const isTilde = section.args[0] === '~'
  const path = section.args[isTilde ? 1 : 0] ?? '/'
  const isRegex = isTilde || /match$/i.test(section.name)
  readGuarded(section, { ...place, location: { path, isRegex } }, hosts)
}

/** Who may come in: nobody is kept out of what Muster serves, and its page is not the manager of Apache. */
function readGuarded(section: Section, place: Place, hosts: HostDraft[]): void {
  const isOfManager = section.children.some(
    ({ name, args }) => name.toLowerCase() === 'sethandler' && isManager(args[0] ?? ''),
  )
  const others = section.children.filter((node) => {
    if (!/^(require|allow|deny|order)$/i.test(node.name)) return true
    const say = (severity: Severity, reason: string): void =>
      place.tell(node.line, severity, `${cited(node.text)}: ${reason}`)
    if (/^order$/i.test(node.name)) say('note', 'is about Allow and Deny')
    else if (!isOpen(node)) {
      if (!isOfManager) return true
      say('note', "Muster's page is reached on the API's port; publish that port as narrowly")
    } else if (!isOfManager) say('note', 'Muster lets everybody in')
    else {
      const reason = 'the manager is open to everybody, who may then switch members off'
      say('warning', `${reason}; keep the port of Muster's page to yourself`)
    }
    return false
  })
  if (isOfManager && !section.children.some(({ name }) => /^(require|allow|deny|auth\w*)$/i.test(name))) {
    place.tell(section.line, 'note', `${cited(section.text)}: nothing here says who may use the manager`)
  }
  readNodes(others, place, hosts)
}

function isOpen({ name, args }: Node): boolean {
  const said = args.join(' ').toLowerCase()
  return (/^(require|allow)$/i.test(name) && /^(all granted|from all)$/.test(said)) || said === 'from none'
}

function isManager(handler: string): boolean {
  return handler.toLowerCase() === 'balancer-manager'
}

function readCondition(section: Section, place: Place, hosts: HostDraft[]): void {
  const isNegated = section.args[0]?.startsWith('!') ?? false
  if (isNegated) return leaveOut(section, place, 'what is loaded is taken to be there: not read')
  place.tell(section.line, 'note', `${cited(section.text)}: taken to be true`)
  readNodes(section.children, place, hosts)
}

/** Every line of it: nothing is dropped silently. */
function leaveOut(node: Node, place: Place, because?: string): void {
  const { severity, reason } =
    because === undefined ? whyNot(node.name) : { severity: 'note' as const, reason: because }
  place.tell(node.line, severity, `${cited(node.text)}: ${reason}`)
  if (node.kind === 'directive') return
  for (const child of node.children) leaveOut(child, place, `stands in <${node.name}>, which is not imported`)
}

/** Names of services: what labels and references can hold, each once. */
function names(): (wish: string) => string {
  const taken = new Set<string>()
  return (wish) => {
    const base = wish.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'balancer'
    let name = base
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}-${number}`
    taken.add(name.toLowerCase())
    return name
  }
}
