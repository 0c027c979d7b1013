// A policy's word on one router: whether its labels may claim the hosts that its rule can match.
import type { Origin } from '../model/declaration.ts'
import { parseHostPattern, printHostPattern } from '../router/host-pattern.ts'
import type { HostPattern } from '../router/host-pattern.ts'
import { hostsOfRule } from '../router/rule-hosts.ts'
import type { Rule } from '../router/rule.ts'
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
  const reason = `the host policy does not grant "${printHostPattern(foreign)}"`
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
