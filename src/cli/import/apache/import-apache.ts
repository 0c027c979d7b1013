// A mod_proxy_balancer configuration → routers, services and middlewares. Never throws.
import type { Imported } from '../piece.ts'
import { cited, tellInto } from '../remark.ts'
import type { Remark, Tell } from '../remark.ts'
import type { BalancerDraft, HeaderDraft, HostDraft, Mapping } from './draft.ts'
import { tellOfHeaders } from './headers.ts'
import { readConfig } from './read-config.ts'
import { readRouters } from './routers.ts'
import { hostNames } from './rules.ts'
import { readSections } from './sections.ts'
import { readService } from './services.ts'
import type { Service } from './services.ts'
import { isRouteCookie, tellUnread } from './sticky.ts'

export function importApache(text: string): Imported {
  const remarks: Remark[] = []
  const tell = tellInto(remarks)
  const hosts = readConfig(readSections(text, tell), tell)
  const services = readServices(hosts)
  const usedHeaders = new Set<HeaderDraft>([...services.values()].flatMap(({ used }) => used))
  const usedMappings = new Set<Mapping>()
  const { routers, middlewares } = readRouters(hosts, { services, tell, usedHeaders, usedMappings })
  for (const host of hosts) tellOfHost(host, usedHeaders, usedMappings, tell)
  tellOfHosts(hosts, tell)
  const used = new Set(routers.map(({ service }) => service))
  return {
    routers,
    services: [...services.values()].map(({ piece }) => {
      if (used.has(piece.name)) return piece
      const own = [...piece.remarks]
      tellInto(own)(lineOf(hosts, piece.name), 'warning', `no ProxyPass leads to the balancer "${piece.name}"`)
      return { ...piece, remarks: own }
    }),
    middlewares,
    remarks: remarks.toSorted((a, b) => a.line - b.line),
  }
}

function readServices(hosts: readonly HostDraft[]): ReadonlyMap<BalancerDraft, Service> {
  const passes = hosts.flatMap((host) => host.passes.map((pass) => ({ host, pass })))
  const users = Map.groupBy(passes, ({ pass }) => pass.target?.balancer)
  return new Map(
    hosts.flatMap((home) =>
      [...home.balancers.values()].map((balancer) => {
        const own = users.get(balancer) ?? []
        const paths = own.map(({ pass }) => pass.path)
        const service = readService({ balancer, home, hosts: [...new Set(own.map(({ host }) => host))], paths })
        return [balancer, service] as const
      }),
    ),
  )
}

function lineOf(hosts: readonly HostDraft[], name: string): number {
  const balancers = hosts.flatMap((host) => [...host.balancers.values()])
  return balancers.find((balancer) => balancer.name === name)?.line ?? 1
}

function tellOfHost(host: HostDraft, used: Set<HeaderDraft>, mappings: Set<Mapping>, tell: Tell): void {
  tellOfHeaders(host.headers, used, tell)
  const reachable = [host, ...(host.outside === undefined ? [] : [host.outside])]
  const balancers = reachable.flatMap((each) => [...each.balancers.values()])
  const cookies = balancers.flatMap(({ parameters }) => parameters.get('stickysession')?.value.split('|')[0] ?? [])
  for (const header of host.headers) if (isRouteCookie(header) && !used.has(header)) tellUnread(header, cookies, tell)
  for (const mapping of [...host.reverses, ...host.cookiePaths, ...host.cookieDomains]) {
    if (!mappings.has(mapping))
      tell(
        mapping.line,
        'warning',
        `${cited(mapping.from)} → ${cited(mapping.to)}: there is no ProxyPass that it holds for. Not imported`,
      )
  }
}

/** What virtual hosts are told apart by besides names. */
function tellOfHosts([, ...hosts]: readonly HostDraft[], tell: Tell): void {
  const named = hosts.filter((host) => host.passes.length > 0)
  const [first] = named
  if (first !== undefined && hostNames(first.names).length > 0) {
    const reason = 'Apache also sends it requests for hosts that no virtual host names; Muster answers them with 404'
    tell(first.line, 'note', `the first virtual host: ${reason}`)
  }
  for (const host of named) {
    const { address = '', line } = host
    const names = hostNames(host.names)
    if (!/^(\*|_default_)?(:80)?$/.test(address)) {
      tell(
        line,
        'note',
        `<VirtualHost ${cited(address)}>: Muster listens where its entrypoints say; a router may name some in entryPoints`,
      )
    }
    const other = named.find((each) => each.line < line && hostNames(each.names).some((name) => names.includes(name)))
    if (other === undefined) continue
    const reason = `has a name of line ${other.line}'s as well: give the routers entryPoints, or those of line ${other.line} come first`
    tell(line, 'warning', `<VirtualHost ${cited(address)}> ${reason}`)
  }
}
