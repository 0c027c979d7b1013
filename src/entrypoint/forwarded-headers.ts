// Who the client is, as told to members: X-Forwarded-* and X-Real-Ip, with Traefik's rules.
import { findField } from '../exchange/field-list.ts'
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import { EntrypointError } from './entrypoint-error.ts'

/** Who is believed: everybody, or these addresses and CIDR ranges. */
interface TrustOptions {
  readonly insecure: boolean
  readonly trustedIPs: readonly string[]
}

/** The other end of a connection; settled once, when it is accepted. */
export interface Peer {
  /** An IPv4-mapped address as IPv4, without zone. */
  readonly clientIp: string
  readonly trusted: boolean
  /** True on a TLS connection. */
  readonly secure: boolean
}

export interface Forwarded {
  /** The Host field the member may get, undefined for HTTP/1.0 without one, and the port in it. */
  readonly hostField: string | undefined
  readonly port: string
  /** X-Forwarded-For as a trusted peer sent it. */
  readonly forwardedFor: string | undefined
  /** Whether the client's own address is appended to it. */
  readonly appends: boolean
  readonly upgrade: boolean
}

const serverName = hostname()
const mappedPrefix = '::ffff:'

/** An IPv4-mapped address as IPv4, so that `10.0.0.0/8` also means a peer on a dual-stack socket; without its zone. */
export function canonicalIp(address: string): string {
  const zone = address.indexOf('%')
  const bare = zone === -1 ? address : address.slice(0, zone)
  const mapped = bare.toLowerCase().startsWith(mappedPrefix) ? bare.slice(mappedPrefix.length) : ''
  return isIPv4(mapped) ? mapped : bare
}

/** Throws EntrypointError `ERR_TRUSTED_IP` for an entry that is neither an address nor a range. */
export function compileTrust(options: TrustOptions): (clientIp: string) => boolean {
  if (options.insecure) return () => true
  if (options.trustedIPs.length === 0) return () => false
  const trusted = new BlockList()
  for (const entry of options.trustedIPs) addRange(trusted, entry)
  return (clientIp) => isIP(clientIp) !== 0 && trusted.check(clientIp, family(clientIp))
}

function addRange(trusted: BlockList, entry: string): void {
  const [address = '', bits, ...rest] = entry.trim().split('/')
  const ip = canonicalIp(address)
  const width = isIPv6(ip) ? 128 : 32
  // Bits of a mapped range count from the start of the IPv6 address.
  const skipped = ip === address ? 0 : 96
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) - skipped : -1
  if (isIP(ip) === 0 || rest.length > 0 || prefix < 0 || prefix > width) {
    throw new EntrypointError(
      'ERR_TRUSTED_IP',
      `reading trusted IPs: "${entry}" is not an address or a range; write 10.0.0.1 or 10.0.0.0/8`,
    )
  }
  trusted.addSubnet(ip, prefix, family(ip))
}

function family(ip: string): 'ipv4' | 'ipv6' {
  return isIPv4(ip) ? 'ipv4' : 'ipv6'
}

/**
 * Adds ours to the member's fields. What a trusted peer said stays and is appended to; from anybody else readFields has
 * already removed it. As in Traefik the protocol of a WebSocket is ws or wss, and the port is the Host's or the scheme's.
 */
export function addForwarded(fields: string[], peer: Peer, forwarded: Forwarded): void {
  const { hostField, forwardedFor } = forwarded
  const said = peer.trusted ? findField : nothingSaid
  const ownProto = `${forwarded.upgrade ? 'ws' : 'http'}${peer.secure ? 's' : ''}`
  const saidProto = said(fields, 'x-forwarded-proto')
  const encrypted = peer.secure || saidProto === 'https' || saidProto === 'wss'
  const port = forwarded.port === '' ? (encrypted ? '443' : '80') : forwarded.port

  if (!forwarded.appends) {
    if (forwardedFor !== undefined) fields.push('X-Forwarded-For', forwardedFor)
  } else
    fields.push('X-Forwarded-For', forwardedFor === undefined ? peer.clientIp : `${forwardedFor}, ${peer.clientIp}`)
  if (hostField !== undefined && said(fields, 'x-forwarded-host') === undefined) {
    fields.push('X-Forwarded-Host', hostField)
  }
  if (said(fields, 'x-forwarded-port') === undefined) fields.push('X-Forwarded-Port', port)
  if (saidProto === undefined) fields.push('X-Forwarded-Proto', ownProto)
  fields.push('X-Forwarded-Server', serverName)
  if (said(fields, 'x-real-ip') === undefined) fields.push('X-Real-Ip', peer.clientIp)
}

function nothingSaid(): undefined {
  return undefined
}
