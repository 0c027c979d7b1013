// Muster believes it runs in a container of the fake engine: its host name is the beginning of that container's id, as in a
// real one, so which networks it is on and whose project it belongs to is found out as always.
import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

/** Names the engine gives the host, and where it answers; undefined: in this container they are not known. */
export interface Place {
  readonly containerId: string | undefined
  readonly hostAddress: string | undefined
}

const hostNames: ReadonlySet<string> = new Set(['host.docker.internal', 'host.containers.internal'])

/** Until disposed; one at a time. */
export function runIn({ containerId, hostAddress }: Place): Disposable {
  const before = { hostname: os.hostname, lookup: dns.lookup, lookupPromise: dnsPromises.lookup }
  if (containerId !== undefined) os.hostname = () => containerId.slice(0, 12)
  dns.lookup = ((name: string, ...rest: [never, never]) =>
    before.lookup(hostNames.has(name) ? (hostAddress ?? 'unknown.invalid') : name, ...rest)) as typeof dns.lookup
  dnsPromises.lookup = ((name: string, ...rest: [never]) =>
    hostNames.has(name) && hostAddress === undefined
      ? Promise.reject(new Error(`${name} is not known`))
      : before.lookupPromise(hostNames.has(name) ? (hostAddress ?? name) : name, ...rest)) as typeof dnsPromises.lookup
  syncBuiltinESMExports()
  return {
    [Symbol.dispose]() {
      os.hostname = before.hostname
      dns.lookup = before.lookup
      dnsPromises.lookup = before.lookupPromise
      syncBuiltinESMExports()
    },
  }
}
