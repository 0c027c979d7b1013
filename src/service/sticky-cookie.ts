// The sticky cookie, which is ours to set. Opaque, it names the replica's slot, not its address: a recreated replica keeps its
// users, and scaling moves only those of the slots that went. As `route` it is Apache's `ROUTEID=.route`, in the clear.
import { createHash, createHmac } from 'node:crypto'
import type { Exchange } from '../exchange/exchange.ts'
import type { CookieScope, StickyCookieConfig } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { findInCookies } from './cookies.ts'
import type { Member } from './member.ts'
import { compileSession, membersByRoute } from './session.ts'
import type { FindSession } from './session.ts'

export interface StickyCookie {
  /** The members the client's cookie names. */
  readonly find: FindSession
  /** Asks the client to come back to this member: adds Set-Cookie to whatever it answers. */
  readonly stick: (exchange: Exchange, member: Member) => void
}

export interface CookieKeys {
  /** Opaque values are keyed with it; empty: anybody who knows the names of slots can make them up. */
  readonly secret: string
  /** What stands before the route, in a cookie of that form. */
  readonly separator: string
}

export function compileStickyCookie(
  service: QualifiedName,
  config: StickyCookieConfig,
  members: readonly Member[],
  { secret, separator }: CookieKeys,
): StickyCookie {
  const name = stickyCookieName(service, config)
  const inTheClear = config.form === 'route'
  const valueOf = inTheClear ? routeValues(separator) : opaqueValues(service, members, secret)
  const attributes = cookieAttributes(config)
  const find = inTheClear
    ? compileSession({ cookie: name, parameter: '', separator, scolonPathDelim: false }, membersByRoute(members))
    : findOpaque(name, members, valueOf)
  const inScope = attributesByScope(config)
  return {
    find,
    stick(exchange, member) {
      const { cookieScope } = exchange
      const where = cookieScope === undefined ? attributes : inScope(cookieScope)
      exchange.responseFields.push('Set-Cookie', `${name}=${valueOf(member)}${where}`)
    },
  }
}

export function stickyCookieName(service: QualifiedName, { name }: StickyCookieConfig): string {
  return name === undefined ? defaultCookieName(service) : cookieSafe(name)
}

/** Traefik's derivation: `_` and five hex digits of SHA-1 over its prefix and the qualified service name. */
export function defaultCookieName(service: string): string {
  return `_${createHash('sha1').update(`_TRAEFIK_BACKEND_${service}`).digest('hex').slice(0, 5)}`
}

function routeValues(separator: string): (member: Member) => string {
  return ({ route }) => `${separator}${route}`
}

/**
 * No address or name of the inside leaves, nobody without the secret can make one up, and the service is part of it, so that a
 * cookie fits only there.
 */
function opaqueValues(service: QualifiedName, members: readonly Member[], secret: string): (member: Member) => string {
  const values = new Map(
    members.map(({ slot }) => [
      slot,
      createHmac('sha256', secret).update(`${service}\0${slot}`).digest('hex').slice(0, 16),
    ]),
  )
  return ({ slot }) => values.get(slot) ?? ''
}

function findOpaque(name: string, members: readonly Member[], valueOf: (member: Member) => string): FindSession {
  // While a replica is recreated its slot has two members, the leaving and the coming one.
  const byValue = Map.groupBy(members, valueOf)
  const sessions = new Map(
    [...byValue].map(([value, held]) => [value, { name, route: held[0]?.route ?? '', members: held }]),
  )
  const inCookie = sessions.get.bind(sessions)
  return ({ fields }) => findInCookies(fields, name, inCookie)
}

/** RFC 6265 section 4.1.1: a cookie name is a token; anything else becomes `_`, as Traefik does. */
function cookieSafe(name: string): string {
  return name.replaceAll(/[^!#$%&'*+\-.^_`|~0-9A-Za-z]/g, '_')
}

/** A router's own path and domain. There are as many scopes as routers, each the same object every time. */
function attributesByScope(config: StickyCookieConfig): (scope: CookieScope) => string {
  const known = new WeakMap<CookieScope, string>()
  return (scope) => {
    let attributes = known.get(scope)
    if (attributes === undefined) {
      const { path = config.path, domain = config.domain } = scope
      attributes = cookieAttributes({ ...config, path, domain })
      known.set(scope, attributes)
    }
    return attributes
  }
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
