// What every kind of check is given, and the socket each of them begins with.
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { HealthCheckConfig } from '../../model/service-config.ts'

/** Which certificates of https members are accepted; as the forwarder is told, or a check would tell another story. */
export interface MemberTrust {
  /** Undefined: true. */
  readonly rejectUnauthorized?: boolean
  /** Undefined: the system's. */
  readonly ca?: string
}

export interface ProbePlan {
  readonly scheme: 'http' | 'https' | 'h2c'
  readonly host: string
  readonly port: number
  readonly config: HealthCheckConfig
  readonly trust: MemberTrust
}

/** One check: why it failed, or undefined. Never rejects, and ends at once when the signal says so. */
export type Probe = (plan: ProbePlan, signal: AbortSignal) => Promise<string | undefined>

/** Connects; a TLS member is offered `protocol` and nothing else. */
export function openSocket({ scheme, host, port, trust }: ProbePlan, protocol: 'http/1.1' | 'h2'): Socket {
  if (scheme !== 'https') return connect({ host, port })
  const { rejectUnauthorized = true, ca } = trust
  return connectTls({
    host,
    port,
    // RFC 6066 section 3: a server name is never an address.
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
    rejectUnauthorized,
    ALPNProtocols: [protocol],
  })
}

/** The Host it is asked with. */
export function authorityOf({ host, port, config }: ProbePlan): string {
  return config.hostname ?? addressOf({ host, port })
}

export function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}
