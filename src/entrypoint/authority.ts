// The Host field, or the authority of an absolute request target: what rules match as the host.
import { isIPv6 } from 'node:net'
import { rememberByText } from '../exchange/known-texts.ts'

export interface Authority {
  /** Lower case, without trailing dot, IPv6 without brackets. */
  readonly host: string
  /** As written; empty when none is given. */
  readonly port: string
}

/** DNS allows 253 bytes; anything much longer is an attack on whatever parses it next. */
const hostBytesMax = 255

/** Host characters: letters, digits, `-`, `.` and `_`, which compose puts into service names. Nothing else names a host. */
const hostText = /^[a-z0-9._-]+$/i
const portText = /^[0-9]{0,5}$/

/**
 * Undefined for anything an edge must not pass on: userinfo, several hosts, path, query or fragment characters, spaces,
 * escapes, empty labels, raw international names (a client sends the A-label), a port past 65535.
 */
export const parseAuthority = rememberByText((text) => (text.startsWith('[') ? parseBracketed(text) : parseNamed(text)))

function parseNamed(text: string): Authority | undefined {
  const colon = text.indexOf(':')
  const name = colon === -1 ? text : text.slice(0, colon)
  const port = colon === -1 ? '' : text.slice(colon + 1)
  if (name.length > hostBytesMax || !hostText.test(name) || !isPort(port)) return undefined
  const host = (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
  if (host === '' || host.startsWith('.') || host.endsWith('.') || host.includes('..')) return undefined
  return { host, port }
}

function parseBracketed(text: string): Authority | undefined {
  const end = text.indexOf(']')
  const address = text.slice(1, end)
  const rest = text.slice(end + 1)
  // A zone index (`%eth0`) means something on the sender's machine only: RFC 6874.
  if (end === -1 || !isIPv6(address) || address.includes('%')) return undefined
  if (rest !== '' && (!rest.startsWith(':') || !isPort(rest.slice(1)))) return undefined
  return { host: address.toLowerCase(), port: rest.slice(1) }
}

function isPort(text: string): boolean {
  return text === '' || (portText.test(text) && Number(text) <= 65_535)
}
