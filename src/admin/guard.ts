// Who may edit. A browser carries out what any page tells it, and whoever can make it resolve a name to this address reads
// the answers as well: see the fetch metadata and Origin (CSRF), and the list of hosts (DNS rebinding).
import { isIP } from 'node:net'
import { fieldValues, findField } from '../exchange/field-list.ts'
import type { InternalRequest } from '../exchange/internal.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { parseHostPattern, parentStart } from '../router/host-pattern.ts'
import { hostsOfRule } from '../router/rule-hosts.ts'
import type { AdminSources } from './sources.ts'

/** Each gives the reason for a 403, or undefined. */
type Refusal = string | undefined

/** For what a page of ours reads before it edits: a stranger's page, or name, must not get it. */
export function readRefusal(request: InternalRequest, sources: AdminSources): Refusal {
  return hostRefusal(request, sources) ?? siteRefusal(request, ['same-origin', 'none'])
}

export function editRefusal(request: InternalRequest, sources: AdminSources): Refusal {
  return hostRefusal(request, sources) ?? siteRefusal(request, ['same-origin']) ?? originRefusal(request)
}

/** Programs that are no browsers send no such field. */
export function siteRefusal({ fields }: InternalRequest, allowed: readonly string[]): Refusal {
  const other = fieldValues(fields, 'sec-fetch-site').find((site) => !allowed.includes(site))
  return other === undefined ? undefined : 'a page of another site cannot do this (Sec-Fetch-Site)'
}

/** For browsers without fetch metadata. `null` is the origin of sandboxed frames and files: anybody's. */
function originRefusal({ fields, host }: InternalRequest): Refusal {
  const hostField = findField(fields, 'host') ?? ''
  const isOwn = fieldValues(fields, 'origin').every((text) => {
    const origin = URL.parse(text)
    // The scheme is not known here: whoever is before Muster may have ended TLS. The port is another application's.
    const asked = origin && /^https?:$/.test(origin.protocol) ? URL.parse(`${origin.protocol}//${hostField}`) : null
    return asked !== null && asked.host === origin?.host && asked.hostname.replace(/^\[|\]$/g, '') === host
  })
  return isOwn ? undefined : 'a page of another origin cannot do this: its Origin is not the Host it asks'
}

/** A name that strangers can let point here would let them read the token: names that they cannot, and those we were told. */
function hostRefusal({ host, router }: InternalRequest, { settings, store }: AdminSources): Refusal {
  if (isOutOfReach(host) || isAllowed(host, settings.api.allowedHosts)) return undefined
  const route = router === undefined ? undefined : store.current.plan.routes.get(router as QualifiedName)
  const named = route && hostsOfRule(route.rule)
  if (named?.some((pattern) => pattern.kind === 'host' && pattern.host === host) === true) return undefined
  return `the host "${host}" is not known as Muster's own: add it to --api.allowedHosts, or name it in the router's Host()`
}

/** An address, `localhost`, or a name without a dot, which no public name server answers for. */
function isOutOfReach(host: string): boolean {
  return isIP(host) !== 0 || host.endsWith('.localhost') || (host !== '' && !host.includes('.'))
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((text) => {
    const pattern = parseHostPattern(text)
    if ('reason' in pattern) return false
    if (pattern.kind === 'host') return pattern.host === host
    return pattern.kind === 'subdomains' && parentStart(host) > 0 && host.slice(parentStart(host)) === pattern.parent
  })
}
