// Who may answer for which hosts: a policy's word on one router, and routers of one owner before those of another.
import type { Changes } from '../model/changes.ts'
import type { Origin } from '../model/declaration.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { parseHostPattern } from '../router/host-pattern.ts'
import type { HostPattern } from '../router/host-pattern.ts'
import { hostsOfRule } from '../router/rule-hosts.ts'
import type { Rule } from '../router/rule.ts'
import type { LinkedRouter } from './link-router.ts'
import type { Finding } from './router-references.ts'

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

/**
 * Which routers answer for which hosts. A router may take requests for a host before a router of another owner: a project may add
 * a path to another one's host. It is worth a word, since it may also be a theft. Rules without a host are let be: they are
 * short, so they come last.
 */
export class HostClaims {
  /** By entrypoint and host. */
  readonly #claims = new Map<string, Set<LinkedRouter>>()

  /** Takes in what an update changed; the names of routers whose shadows may be others now. */
  replace(
    changes: Changes<QualifiedName, LinkedRouter>,
    before: ReadonlyMap<QualifiedName, LinkedRouter>,
  ): ReadonlySet<QualifiedName> {
    const touched = new Set<string>()
    for (const [name, linked] of changes) {
      for (const place of placesOf(before.get(name))) {
        const claimed = this.#claims.get(place)
        claimed?.delete(before.get(name) as LinkedRouter)
        if (claimed?.size === 0) this.#claims.delete(place)
        touched.add(place)
      }
      for (const place of placesOf(linked)) {
        const claimed = this.#claims.get(place)
        if (claimed === undefined) this.#claims.set(place, new Set([linked as LinkedRouter]))
        else claimed.add(linked as LinkedRouter)
        touched.add(place)
      }
    }
    return new Set([...touched].flatMap((place) => [...(this.#claims.get(place) ?? [])].map(({ name }) => name)))
  }

  /** What a router takes before another owner's: one finding for each of its hosts where it does. */
  shadowsOf(linked: LinkedRouter): readonly Finding[] {
    return placesOf(linked).flatMap((place) => {
      const [behind] = [...(this.#claims.get(place) ?? [])].filter((other) => isBehind(other, linked)).sort(byName)
      if (behind === undefined) return []
      const host = place.slice(place.lastIndexOf(' ') + 1)
      const reason = `takes requests for "${host}" before router "${behind.name}" of ${behind.info.origin?.owner}`
      return { severity: 'warning', option: 'rule', reason, hint: undefined }
    })
  }
}

function isBehind(other: LinkedRouter, { info: { origin, priority } }: LinkedRouter): boolean {
  return other.info.origin?.owner !== origin?.owner && other.info.priority < priority
}

function byName(a: LinkedRouter, b: LinkedRouter): number {
  return a.name < b.name ? -1 : 1
}

/** Only what labels claim: whoever writes files and options may do as they like. */
function placesOf(linked: LinkedRouter | undefined): readonly string[] {
  if (linked?.route === undefined || linked.info.origin?.owner === undefined) return []
  const { rule, places } = linked.route
  const hosts = hostsOfRule(rule) ?? []
  return hosts.flatMap((host) => places.map(({ entryPoint, tls }) => `${entryPoint} ${tls} ${textOf(host)}`))
}
