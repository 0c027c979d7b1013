// Who may answer for which hosts: a policy's word on one router, and routers of one owner before those of another.
import type { Origin } from '../model/declaration.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { parseHostPattern } from '../router/host-pattern.ts'
import type { HostPattern } from '../router/host-pattern.ts'
import { hostsOfRule } from '../router/rule-hosts.ts'
import type { Rule } from '../router/rule.ts'
import type { LinkedRouter } from './link-router.ts'
import type { Finding } from './router-references.ts'
import type { RoutePlan } from './snapshot.ts'

/** Refuses a router whose rule can match a host that its origin's policy does not grant. */
export function findForeignHosts(rule: Rule, origin: Origin | undefined, report: (finding: Finding) => void): void {
  const allowed = origin?.allowedHosts
  if (allowed === undefined || allowed.includes('*')) return
  const patterns = allowed.map(parseHostPattern)
  const claimed = hostsOfRule(rule)
  const hint = allowed.length === 0 ? 'the policy grants it no host' : `the policy grants it ${allowed.join(', ')}`
  if (claimed === undefined) {
    report({ severity: 'error', option: 'rule', reason: 'may match hosts that the host policy does not grant', hint })
    return
  }
  const foreign = claimed.find((host) => !patterns.some((pattern) => covers(pattern, host)))
  if (foreign === undefined) return
  const reason = `the host policy does not grant "${textOf(foreign)}"`
  report({ severity: 'error', option: 'rule', reason, hint })
}

function covers(granted: HostPattern | { readonly reason: string }, host: HostPattern): boolean {
  if ('reason' in granted) return false
  if (granted.kind === 'any') return true
  if (granted.kind === 'host') return host.kind === 'host' && host.host === granted.host
  if (host.kind === 'subdomains') return host.parent === granted.parent
  return (
    host.kind === 'host' && host.host.slice(host.host.indexOf('.') + 1) === granted.parent && host.host.includes('.')
  )
}

function textOf(pattern: HostPattern): string {
  return pattern.kind === 'host' ? pattern.host : pattern.kind === 'any' ? '*' : `*.${pattern.parent}`
}

interface Claim {
  readonly name: QualifiedName
  readonly owner: string
  readonly priority: bigint
}

/**
 * Routers that take requests for a host before a router of another owner: allowed, since a project may add a path to another
 * one's host, and worth a word, since it may also be a theft. Rules without a host are let be: they are short, so they come last.
 */
export function findShadows(routers: readonly LinkedRouter[]): ReadonlyMap<QualifiedName, readonly Finding[]> {
  const claims = new Map<string, Claim[]>()
  for (const { name, info, route } of routers) {
    const owner = info.origin?.owner
    if (route === undefined || owner === undefined) continue
    for (const place of placesOf(route)) {
      const claim = { name, owner, priority: route.priority }
      const claimed = claims.get(place)
      if (claimed === undefined) claims.set(place, [claim])
      else claimed.push(claim)
    }
  }
  const shadows = new Map<QualifiedName, readonly Finding[]>()
  for (const [place, claimed] of claims) {
    if (claimed.length < 2) continue
    for (const claim of claimed) {
      const behind = claimed.find(({ owner, priority }) => owner !== claim.owner && priority < claim.priority)
      if (behind === undefined) continue
      const host = place.slice(place.lastIndexOf(' ') + 1)
      const reason = `takes requests for "${host}" before router "${behind.name}" of ${behind.owner}`
      shadows.set(claim.name, [{ severity: 'warning', option: 'rule', reason, hint: undefined }])
    }
  }
  return shadows
}

/** Entrypoint and host, for each that the route answers on; worked out once for a route. */
function placesOf(route: RoutePlan): readonly string[] {
  const before = places.get(route)
  if (before !== undefined) return before
  const hosts = hostsOfRule(route.rule) ?? []
  const made = hosts.flatMap((host) =>
    route.places.map(({ entryPoint, tls }) => `${entryPoint} ${tls} ${textOf(host)}`),
  )
  places.set(route, made)
  return made
}

const places = new WeakMap<RoutePlan, readonly string[]>()
