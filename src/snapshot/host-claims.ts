// Which owner's routers take requests for a host before those of another.
import type { Changes } from '../model/changes.ts'
import { Multimap } from '../model/multimap.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { printHostPattern } from '../router/host-pattern.ts'
import { hostsOfRule } from '../router/rule-hosts.ts'
import type { LinkedRouter } from './link-router.ts'
import type { Finding } from './router-references.ts'

/**
 * Which routers answer for which hosts. A router may take requests for a host before a router of another owner: a project may add
 * a path to another one's host. It is worth a word, since it may also be a theft. Rules without a host are let be: they are
 * short, so they come last.
 */
export class HostClaims {
  /** By entrypoint and host. */
  readonly #claims = new Multimap<string, LinkedRouter>()

  /** Takes in what an update changed; the names of routers whose shadows may be others now. */
  replace(
    changes: Changes<QualifiedName, LinkedRouter>,
    before: ReadonlyMap<QualifiedName, LinkedRouter>,
  ): ReadonlySet<QualifiedName> {
    const touched = new Set<string>()
    for (const [name, linked] of changes) {
      const former = before.get(name)
      for (const place of placesOf(former)) {
        if (former !== undefined) this.#claims.delete(place, former)
        touched.add(place)
      }
      for (const place of placesOf(linked)) {
        if (linked !== undefined) this.#claims.add(place, linked)
        touched.add(place)
      }
    }
    return new Set([...touched].flatMap((place) => [...this.#claims.get(place)].map(({ name }) => name)))
  }

  /** What a router takes before another owner's: one finding for each of its hosts where it does. */
  shadowsOf(linked: LinkedRouter): readonly Finding[] {
    return placesOf(linked).flatMap((place) => {
      const [behind] = [...this.#claims.get(place)].filter((other) => isBehind(other, linked)).sort(byName)
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
  return hosts.flatMap((host) => places.map(({ entryPoint, tls }) => `${entryPoint} ${tls} ${printHostPattern(host)}`))
}
