// A server's URL from a document: the address of one member.
import { quote } from './finding.ts'
import { unreadable } from './leaf.ts'
import type { Reading } from './leaf.ts'

export interface ServerUrl {
  /** As written: the member's id and slot. */
  readonly text: string
  readonly scheme: 'http' | 'https'
  /** IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

/** Traefik dials the URL's host and asks for the request's own path, so anything after the host has no effect. */
export function readServerUrl(text: string): Reading<ServerUrl> {
  const url = URL.parse(text)
  const scheme = url?.protocol.slice(0, -1)
  if (url !== null && scheme === 'h2c') return { ok: false, what: 'unsupported', reason: '"h2c" is not supported yet' }
  if (url === null || (scheme !== 'http' && scheme !== 'https') || url.hostname === '') {
    return unreadable(`${quote(text)} is not an http or https URL`, 'write http://host:port')
  }
  // The URL is the member's name in logs and pages: no place for a password. The value is not repeated for that reason.
  if (url.username !== '' || url.password !== '')
    return unreadable('a server URL may not carry a user name or password')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? defaultPort[scheme] : Number(url.port)
  if (port === 0) return unreadable(`${quote(text)}: 0 is not a port`)
  const value: ServerUrl = { text, scheme, host, port }
  if (url.pathname === '/' && url.search === '' && url.hash === '') return { ok: true, value }
  return { ok: true, value, warning: `${quote(text)}: what follows the host is not used` }
}

const defaultPort = { http: 80, https: 443 } as const
