// Values that only static options have: addresses, networks, endpoints, log levels.
import { isIP, isIPv6 } from 'node:net'
import { quote } from '../labels/finding.ts'
import { leaf, list, unreadable, value } from '../labels/leaf.ts'
import type { Leaf, Reading } from '../labels/leaf.ts'
import type { LogLevel } from './settings.ts'

export interface Address {
  readonly host: string | undefined
  readonly port: number
}

/** Traefik's `[host]:port[/tcp]`. */
export function address(): Leaf<Address | undefined> {
  return leaf('address', (given): Reading<Address> => {
    const [, bracketed, plain, digits = '', protocol] =
      /^(?:\[([^[\]]*)\]|([^[\]:/]*)):(\d{1,5})(?:\/(.*))?$/.exec(given) ?? []
    const port = Number(digits)
    if (protocol === 'udp') return { ok: false, what: 'unsupported', reason: 'UDP entrypoints are not supported yet' }
    const known = protocol === undefined || protocol === 'tcp'
    if (digits === '' || port > 65_535 || !known || (bracketed !== undefined && !isIPv6(bracketed))) {
      return unreadable(`${quote(given)} is not an address`, 'write :80, 127.0.0.1:80 or [::1]:80')
    }
    return value({ host: (bracketed ?? plain) || undefined, port })
  })
}

/** IP addresses and ranges (`10.0.0.0/8`). */
export function ipRanges(): Leaf<readonly string[] | undefined> {
  const texts = list()
  return {
    ...texts,
    read: (given) => checkRanges(texts.read(given)),
    readItems: (given) => checkRanges(texts.readItems?.(given) ?? value(given)),
  }
}

function checkRanges(reading: Reading<readonly string[] | undefined>): Reading<readonly string[] | undefined> {
  const wrong = reading.ok ? reading.value?.find((range) => !isIpRange(range)) : undefined
  return wrong === undefined ? reading : unreadable(`${quote(wrong)} is not an IP address or range`)
}

function isIpRange(text: string): boolean {
  const [ip = '', bits] = text.split('/', 2)
  if (isIP(ip) === 0 || text.split('/').length > 2) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(ip) ? 128 : 32)
}

/** Where the Docker engine listens. */
export function endpoint(): Leaf<string | undefined> {
  return leaf('endpoint', (given): Reading<string> => {
    const [, scheme] = /^([a-z]+):\/\/./i.exec(given) ?? []
    if (scheme === 'ssh' || scheme === 'npipe') {
      return { ok: false, what: 'unsupported', reason: `${scheme}:// endpoints are not supported yet` }
    }
    if (scheme !== undefined && ['unix', 'tcp', 'http', 'https'].includes(scheme)) return value(given)
    return unreadable(`${quote(given)} is not an endpoint`, 'write unix:///path, tcp://host:port or http://host:port')
  })
}

/** Traefik's names in any case; what it calls fatal and panic is an error here. */
export function logLevel(): Leaf<LogLevel | undefined> {
  return leaf('log level', (given) => {
    const level = levels.get(given.toLowerCase())
    return level === undefined
      ? unreadable(`${quote(given)} is not a log level`, `one of ${[...levels.keys()].join(', ')}`)
      : value(level)
  })
}

const levels: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['fatal', 'error'],
  ['panic', 'error'],
])
