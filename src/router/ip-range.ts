// An IP address or CIDR range, and whether an address lies in it. IPv4-mapped IPv6 is IPv4 (Traefik GHSA-7jmw-8259-q9jx).
import { BlockList, isIP, isIPv4 } from 'node:net'

export interface IpRange {
  contains(address: string): boolean
}

const mappedPrefixBits = 96

/** Undefined when the text is neither `address` nor `address/bits`. Bits of the address behind the prefix are ignored. */
export function parseIpRange(text: string): IpRange | undefined {
  const [, address = '', bitsText] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const bits = bitsText === undefined ? widthOf(version) : Number(bitsText)
  if (bits > widthOf(version)) return undefined

  const list = new BlockList()
  const mapped = mappedIpv4(address)
  if (version === 4) list.addSubnet(address, bits, 'ipv4')
  else if (mapped !== undefined && bits >= mappedPrefixBits) list.addSubnet(mapped, bits - mappedPrefixBits, 'ipv4')
  else {
    list.addSubnet(address, bits, 'ipv6')
    // Asked as IPv4, the list would find every IPv4 address in ::/0: the mapped one. It answers false to what is no address.
    return { contains: (client) => list.check(client, 'ipv6') }
  }
  return { contains: (client) => list.check(client, isIPv4(client) ? 'ipv4' : 'ipv6') }
}

function widthOf(version: number): number {
  return version === 4 ? 32 : 128
}

/** The IPv4 address in `::ffff:10.0.0.1` or `::ffff:a00:1`. */
function mappedIpv4(address: string): string | undefined {
  // The URL parser writes IPv6 in its one canonical form (RFC 5952).
  const [, high, low] =
    /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(URL.parse(`http://[${address}]`)?.hostname ?? '') ?? []
  if (high === undefined || low === undefined) return undefined
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 0xff, b >> 8, b & 0xff].join('.')
}
