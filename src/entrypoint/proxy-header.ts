// The PROXY protocol's header, versions 1 and 2: what a load balancer says of its client before the first byte of the
// client's own (haproxy's proxy-protocol.txt).
import { isIP, SocketAddress } from 'node:net'

/** The client's own end of a connection, as told. */
export interface Source {
  readonly address: string
  readonly port: number
}

export type ProxyHeader =
  /** All that came so far may become one. */
  | { readonly kind: 'incomplete' }
  /** These are the client's own bytes. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  /** Source undefined: the balancer speaks for itself (a health check), or of no address we know. */
  | { readonly kind: 'header'; readonly bytes: number; readonly source: Source | undefined }

const signature1 = Buffer.from('PROXY ')
const signature2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
/** With its CRLF. */
const bytesMax1 = 107
/** With its extensions. What any TCP path takes in one segment; no more need be waited for. */
const bytesMax2 = 536
const fixedBytes2 = 16

const incomplete: ProxyHeader = { kind: 'incomplete' }
const absent: ProxyHeader = { kind: 'absent' }
const malformed: ProxyHeader = { kind: 'malformed' }

/** From the first bytes of a connection; asked again with more of them while incomplete. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, signature2)) return bytes.length < fixedBytes2 ? incomplete : readVersion2(bytes)
  if (begins(bytes, signature1)) return bytes.length < signature1.length ? incomplete : readVersion1(bytes)
  return absent
}

/** True also while there are too few bytes to tell. */
function begins(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length)
  return bytes.compare(signature, 0, length, 0, length) === 0
}

/** `PROXY TCP4 192.0.2.1 192.0.2.2 4711 80`. */
function readVersion1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, bytesMax1).indexOf('\r\n')
  if (end === -1) return bytes.length < bytesMax1 ? incomplete : malformed
  const [, family = '', source = '', destination = '', port = '', ...rest] = bytes.toString('latin1', 0, end).split(' ')
  const header = { kind: 'header', bytes: end + 2 } as const
  // What follows UNKNOWN is to be ignored.
  if (family === 'UNKNOWN') return { ...header, source: undefined }
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : undefined
  const areAddresses = isIP(source) === version && isIP(destination) === version
  if (!areAddresses || !isPort(port) || rest.length !== 1 || !isPort(rest[0] ?? '')) return malformed
  return { ...header, source: sourceOf(source, Number(port)) }
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

/** Version and command, family and transport, length, then addresses and ports as far as the family has any. */
function readVersion2(bytes: Buffer): ProxyHeader {
  const command = bytes.readUInt8(12)
  const family = bytes.readUInt8(13) >> 4
  const transport = bytes.readUInt8(13) & 0xf
  const length = fixedBytes2 + bytes.readUInt16BE(14)
  const isKnown = (command === 0x20 || command === 0x21) && family <= 3 && transport <= 2
  if (!isKnown || length > bytesMax2) return malformed
  if (bytes.length < length) return incomplete
  const header = { kind: 'header', bytes: length } as const
  // LOCAL, and the families UNSPEC and UNIX.
  if (command === 0x20 || (family !== 1 && family !== 2)) return { ...header, source: undefined }
  const width = family === 1 ? 4 : 16
  if (length < fixedBytes2 + 2 * width + 4) return malformed
  const address = bytes.subarray(fixedBytes2, fixedBytes2 + width)
  const port = bytes.readUInt16BE(fixedBytes2 + 2 * width)
  return { ...header, source: sourceOf(family === 1 ? address.join('.') : ipv6Text(address), port) }
}

function ipv6Text(address: Buffer): string {
  return address.toString('hex').replaceAll(/.{4}(?!$)/g, '$&:')
}

/** IPv6 in its one canonical form, as the system writes it: rules and trust compare texts. */
function sourceOf(address: string, port: number): Source {
  return { address: isIP(address) === 6 ? new SocketAddress({ address, family: 'ipv6' }).address : address, port }
}
