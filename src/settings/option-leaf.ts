// Values that only static options have: addresses, networks, endpoints, log levels.
import { isIPv6 } from 'node:net'
import { quote } from '../labels/finding.ts'
import { leaf, list, unreadable, value } from '../labels/leaf.ts'
import type { Leaf, Reading } from '../labels/leaf.ts'
import type { LogLevel } from './settings.ts'

/** Inclusive. */
interface StatusRange {
  readonly from: number
  readonly to: number
}

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

/** Where the Docker engine listens. It may hold a password, so it is not quoted. */
export function endpoint(): Leaf<string | undefined> {
  return leaf('endpoint', (given): Reading<string> => {
    const [, scheme = ''] = /^([a-z]+):\/\/./i.exec(given) ?? []
    if (['unix', 'tcp', 'http', 'https', 'ssh'].includes(scheme.toLowerCase())) return value(given)
    if (scheme === 'npipe')
      return { ok: false, what: 'unsupported', reason: 'npipe:// endpoints are not supported yet' }
    return unreadable('this is not an endpoint', 'write unix:///path, tcp://host:port, http://host:port or ssh://host')
  })
}

/** A path before other paths: empty, or with a slash at its beginning and none at its end. */
export function basePath(): Leaf<string | undefined> {
  return leaf('path', (given) =>
    /^\/[^?#\s]*$/.test(given)
      ? value(given.replace(/\/+$/, ''))
      : unreadable(`${quote(given)} is not a path`, 'write /path'),
  )
}

/** Empty has a meaning: none. */
export function filePathOrNone(): Leaf<string | undefined> {
  const read = (given: string): Reading<string> =>
    /\p{Cc}/u.test(given) ? unreadable('the path has control characters') : value(given)
  return { ...leaf('path, or empty for none', read), readsEmpty: true }
}

/** `muster.example.com`, or `*.example.com` for its direct subdomains. */
export function hosts(): Leaf<readonly string[] | undefined> {
  return list((item) =>
    /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(item)
      ? undefined
      : `${quote(item)} is not a host: write muster.example.com or *.example.com, without scheme and port`,
  )
}

const secretLengthMin = 16

/** Never quoted, whatever is wrong with it. */
export function secret(): Leaf<string | undefined> {
  const way = 'take 32 random bytes: openssl rand -base64 32'
  return leaf('text', (given) =>
    given.length < secretLengthMin
      ? unreadable(`a secret has ${secretLengthMin} characters at least`, way)
      : value(given),
  )
}

/** `200` and `300-302`. */
export function statusCodes(): Leaf<readonly StatusRange[] | undefined> {
  return listOf('list of statuses', 'is not a status or a range of them', (text) => {
    const [, from = '', to = from] = /^(\d{3})(?:-(\d{3}))?$/.exec(text) ?? []
    return from === '' || Number(to) < Number(from) ? undefined : { from: Number(from), to: Number(to) }
  })
}

/** Upper bounds of a histogram. */
export function buckets(): Leaf<readonly number[] | undefined> {
  return listOf('list of numbers', 'is not a number', (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined))
}

function listOf<T>(
  type: string,
  complaint: string,
  readOne: (text: string) => T | undefined,
): Leaf<readonly T[] | undefined> {
  const texts = list()
  const read = (reading: Reading<readonly string[] | undefined>): Reading<readonly T[]> => {
    if (!reading.ok) return reading
    const items: T[] = []
    for (const text of reading.value ?? []) {
      const item = readOne(text)
      if (item === undefined) return unreadable(`${quote(text)} ${complaint}`)
      items.push(item)
    }
    return value(items)
  }
  return {
    ...texts,
    type,
    fallback: undefined,
    read: (given) => read(texts.read(given)),
    readItems: (given) => read(texts.readItems?.(given) ?? value(given)),
  }
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
