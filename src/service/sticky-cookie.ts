// A sticky session in a cookie of our own. The value names the replica's slot, not its address: a recreated replica
// keeps its users, and scaling moves only those of the slots that went.
import { createHash } from 'node:crypto'
import type { Exchange } from '../exchange/exchange.ts'
import type { StickyCookieConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Member } from './member.ts'

export interface StickyCookie {
  /** The available member the client's cookie names; undefined when there is no such cookie, slot or no longer a turn for it. */
  find(exchange: Exchange, tried: readonly Member[] | undefined): Member | undefined
  /** Asks the client to come back to this member: adds Set-Cookie to whatever it answers. */
  stick(exchange: Exchange, member: Member): void
}

export function compileStickyCookie(
  service: QualifiedName,
  config: StickyCookieConfig,
  members: readonly Member[],
): StickyCookie {
  const name = config.name === undefined ? defaultCookieName(service) : cookieSafe(config.name)
  const attributes = cookieAttributes(config)
  // While a replica is recreated its slot has two members, the leaving and the coming one.
  const membersByValue = Map.groupBy(members, (member) => slotValue(service, member.slot))

  const membersOf = (value: string): readonly Member[] => membersByValue.get(value) ?? nobody

  return {
    find({ fields }, tried) {
      for (let i = 0; i < fields.length; i += 2) {
        if (!isCookie(fields[i] ?? '')) continue
        const member = findInCookie(fields[i + 1] ?? '', name, membersOf, tried)
        if (member !== undefined) return member
      }
      return undefined
    },
    stick(exchange, member) {
      exchange.responseFields.push('Set-Cookie', `${name}=${slotValue(service, member.slot)}${attributes}`)
    },
  }
}

/** Traefik's derivation: `_` and five hex digits of SHA-1 over its prefix and the qualified service name. */
export function defaultCookieName(service: string): string {
  return `_${createHash('sha1').update(`_TRAEFIK_BACKEND_${service}`).digest('hex').slice(0, 5)}`
}

/** Opaque, so that no address or name of the inside leaves; the service is part of it, so that a cookie fits only there. */
function slotValue(service: QualifiedName, slot: string): string {
  return createHash('sha256').update(`${service}\0${slot}`).digest('hex').slice(0, 16)
}

/** RFC 6265 section 4.1.1: a cookie name is a token; anything else becomes `_`, as Traefik does. */
function cookieSafe(name: string): string {
  return name.replaceAll(/[^!#$%&'*+\-.^_`|~0-9A-Za-z]/g, '_')
}

function cookieAttributes(config: StickyCookieConfig): string {
  const parts = [`; Path=${config.path}`]
  if (config.domain !== undefined) parts.push(`; Domain=${config.domain}`)
  if (config.maxAge !== 0) parts.push(`; Max-Age=${Math.max(config.maxAge, 0)}`)
  if (config.httpOnly) parts.push('; HttpOnly')
  if (config.secure) parts.push('; Secure')
  if (config.sameSite !== undefined) parts.push(`; SameSite=${sameSiteText[config.sameSite]}`)
  return parts.join('')
}

const sameSiteText = { none: 'None', lax: 'Lax', strict: 'Strict' } as const

const nobody: readonly Member[] = []

function isCookie(field: string): boolean {
  // Lengths first: most fields differ in it, and lower-casing allocates.
  return field.length === 6 && (field === 'Cookie' || field.toLowerCase() === 'cookie')
}

/**
 * The first member that a cookie of this name names and that may be chosen: a browser may send several of one name, for
 * different paths. Looks at a pair only where the name occurs, and once: the work grows with the text, whatever is in it.
 */
function findInCookie(
  text: string,
  name: string,
  membersOf: (value: string) => readonly Member[],
  tried: readonly Member[] | undefined,
): Member | undefined {
  for (let at = text.indexOf(name); at !== -1;) {
    const start = text.lastIndexOf(';', at) + 1
    const semicolon = text.indexOf(';', at)
    const end = semicolon === -1 ? text.length : semicolon
    const equals = text.indexOf('=', start)
    if (equals !== -1 && equals < end && text.slice(start, equals).trim() === name) {
      for (const member of membersOf(text.slice(equals + 1, end).trim())) {
        if (member.row.available && tried?.includes(member) !== true) return member
      }
    }
    at = semicolon === -1 ? -1 : text.indexOf(name, semicolon)
  }
  return undefined
}
