// What a Host matcher can name: one host, the direct subdomains of one, or any.
import { domainToASCII } from 'node:url'
import type { Flaw } from '../expression/flaw.ts'

/** Hosts and parents are canonical as `RequestHead.host` is. `subdomains` is `*.parent`: exactly one more label. */
export type HostPattern =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'subdomains'; readonly parent: string }
  | { readonly kind: 'any' }

export function parseHostPattern(text: string): HostPattern | Flaw {
  const flaw = nonAsciiHost(text)
  if (flaw !== undefined) return flaw
  if (text === '*') return { kind: 'any' }
  const host = text.toLowerCase().replace(/\.$/, '')
  if (host === '') return { reason: `"${text}" names no host`, hint: 'write Host(`*`) for any host' }
  if (!host.includes('*')) return { kind: 'host', host }
  const [, parent] = /^\*\.([^*]+)$/.exec(host) ?? []
  if (parent !== undefined) return { kind: 'subdomains', parent }
  return {
    reason: `"${text}" is not a host: a wildcard stands for exactly the first label`,
    hint: 'write Host(`*.example.com`), or HostRegexp for more',
  }
}

/** As it is written in Host(). */
export function printHostPattern(pattern: HostPattern): string {
  return pattern.kind === 'host' ? pattern.host : pattern.kind === 'any' ? '*' : `*.${pattern.parent}`
}

/** Requests carry host names in ASCII (RFC 5891), so one with other characters would never match. */
export function nonAsciiHost(text: string): Flaw | undefined {
  // oxlint-disable-next-line no-control-regex -- the range is ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return undefined
  const ascii = domainToASCII(text)
  return {
    reason: `"${text}" contains characters outside ASCII`,
    hint: ascii === '' ? 'write the host in punycode (xn--…)' : `write it in punycode: "${ascii}"`,
  }
}

/** Where the name begins that `host` is a direct subdomain of; -1 when it has no label before a dot. */
export function parentStart(host: string): number {
  const dot = host.indexOf('.')
  return dot < 1 ? -1 : dot + 1
}
