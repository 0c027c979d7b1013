// The request as its client sees it: scheme, host, port and target.
import type { Exchange } from '../exchange/exchange.ts'
import { findField } from '../exchange/field-list.ts'

/** What X-Forwarded-Proto may say; a WebSocket's handshake is HTTP. Anything else is not believed. */
const schemeByProto: ReadonlyMap<string, 'http' | 'https'> = new Map([
  ['http', 'http'],
  ['ws', 'http'],
  ['https', 'https'],
  ['wss', 'https'],
])

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
])

/**
 * Of the client's connection, as far as it is known: a trusted proxy or another middleware may have said so in
 * X-Forwarded-Proto, which the entrypoint always sets. From others there is none.
 */
export function clientScheme({ fields, head }: Exchange): 'http' | 'https' {
  const proto = findField(fields, 'x-forwarded-proto')
  const said = proto === undefined ? undefined : (schemeByProto.get(proto) ?? schemeByProto.get(proto.toLowerCase()))
  return said ?? connectionScheme(head)
}

/** Of the connection to us. */
export function connectionScheme({ secure }: Exchange['head']): 'http' | 'https' {
  return secure ? 'https' : 'http'
}

export function isDefaultPort(scheme: string, port: string): boolean {
  return defaultPorts.get(scheme) === port
}

/** Where the `:` before the port of an authority stands; its length when it names no port. */
export function portStart(authority: string): number {
  const colon = authority.lastIndexOf(':')
  // The last colon of a bare `[::1]` is part of the address.
  return colon === -1 || authority.indexOf(']', colon) !== -1 ? authority.length : colon
}
