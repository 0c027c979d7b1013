// What rules mean, written down a second time: slow, straight from Traefik's and gorilla/mux's code, with the language's own
// regular expressions. For requests without control characters and with no query parameter twice.
import type { RequestHead } from '../../../src/exchange/exchange.ts'

/** A rule of either version: version 2 has more matchers and more arguments. */
export type AnyRule =
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly string[] }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly AnyRule[] }
  | { readonly kind: 'not'; readonly operand: AnyRule }

type Meaning = (request: RequestHead, args: readonly string[]) => boolean

export function holds(rule: AnyRule, request: RequestHead, meanings: Readonly<Record<string, Meaning>>): boolean {
  if (rule.kind === 'not') return !holds(rule.operand, request, meanings)
  if (rule.kind !== 'call') {
    const answers = rule.operands.map((operand) => holds(operand, request, meanings))
    return rule.kind === 'and' ? answers.every(Boolean) : answers.some(Boolean)
  }
  const meaning = meanings[rule.name]
  if (meaning === undefined) throw new Error(`no meaning of ${rule.name}`)
  return meaning(request, rule.args)
}

export const version3: Readonly<Record<string, Meaning>> = {
  Host: ({ host }, [wanted = '']) => {
    if (wanted === '*') return true
    const [label, ...parent] = withoutDot(wanted.toLowerCase()).split('.')
    const labels = host.split('.')
    if (label === '*') return labels[0] !== '' && labels.slice(1).join('.') === parent.join('.') && labels.length > 1
    return host === [label, ...parent].join('.')
  },
  HostRegexp: ({ host }, [pattern = '']) => new RegExp(pattern, 'u').test(host),
  Path: (request, [path = '']) => routingPath(request) === decodeUnreserved(path),
  PathPrefix: (request, [prefix = '']) => routingPath(request).startsWith(decodeUnreserved(prefix)),
  PathRegexp: (request, [pattern = '']) => new RegExp(pattern, 'u').test(routingPath(request)),
  Method: ({ method }, [wanted = '']) => method === wanted.toUpperCase(),
  Header: (request, [name = '', wanted = '']) => fieldValues(request, name).includes(wanted),
  HeaderRegexp: (request, [name = '', pattern = '']) =>
    fieldValues(request, name).some((value) => new RegExp(pattern, 'u').test(value)),
  Query: (request, [key = '', wanted = '']) => queryValue(request, key) === wanted,
  QueryRegexp: (request, [key = '', pattern]) => {
    const value = queryValue(request, key)
    return value !== undefined && (pattern === undefined ? value === '' : new RegExp(pattern, 'u').test(value))
  },
  ClientIP: ({ clientIp }, [range = '']) => ipv4InRange(clientIp, range),
}

export const version2: Readonly<Record<string, Meaning>> = {
  Host: ({ host }, hosts) => hosts.some((wanted) => withoutDot(wanted.toLowerCase()) === host),
  HostHeader: ({ host }, hosts) => hosts.some((wanted) => withoutDot(wanted.toLowerCase()) === host),
  HostRegexp: ({ host }, templates) => templates.some((template) => muxRegexp(template, '[^.]+', '$', 'i').test(host)),
  Path: (request, templates) => templates.some((template) => pathRegexp(template, '$').test(routingPath(request))),
  PathPrefix: (request, templates) => templates.some((template) => pathRegexp(template, '').test(routingPath(request))),
  Method: ({ method }, methods) => methods.some((wanted) => wanted.toUpperCase() === method),
  Headers: (request, args) =>
    Object.entries(inPairs(args)).every(([name, value]) => fieldValues(request, name).includes(value)),
  HeadersRegexp: (request, args) =>
    Object.entries(inPairs(args)).every(([name, pattern]) =>
      fieldValues(request, name).some((value) => new RegExp(pattern, 'u').test(value)),
    ),
  Query: (request, args) =>
    args.every((template) => {
      const key = template.slice(0, template.indexOf('='))
      const value = queryValue(request, key)
      const text = value === undefined ? '' : `${key}=${value}`
      return muxRegexp(template, '.*', template.endsWith('=') ? '.*$' : '$').test(text)
    }),
  ClientIP: ({ clientIp }, ranges) => ranges.some((range) => ipv4InRange(clientIp, range)),
}

function pathRegexp(template: string, end: string): RegExp {
  return muxRegexp(decodeUnreserved(template), '[^/]+', end)
}

/** gorilla/mux's newRouteRegexp. */
function muxRegexp(template: string, anything: string, end: string, flags = ''): RegExp {
  const quote = (text: string): string => text.replaceAll(/[\\.+*?()|[\]{}^$/]/g, '\\$&')
  let pattern = '^'
  let rest = 0
  let level = 0
  let open = 0
  for (const [i, character] of [...template].entries()) {
    if (character === '{' && level++ === 0) open = i
    if (character !== '}' || --level > 0) continue
    const inner = template.slice(open + 1, i)
    const colon = inner.indexOf(':')
    pattern += `${quote(template.slice(rest, open))}(${colon === -1 ? anything : inner.slice(colon + 1)})`
    rest = i + 1
  }
  return new RegExp(pattern + quote(template.slice(rest)) + end, `u${flags}`)
}

function withoutDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host
}

/** Traefik's withRoutingPath: all but the reserved characters decoded. */
function routingPath({ path }: RequestHead): string {
  return decodeURIComponent(path.replaceAll(/%(?=3A|2F|3F|23|5B|5D|40|2[1456789ABC]|3B|3D)/g, '%25'))
}

function decodeUnreserved(path: string): string {
  return path.replaceAll('%7e', '~').replaceAll('%7E', '~')
}

function fieldValues({ fields }: RequestHead, name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]?.toLowerCase() === name.toLowerCase())
}

function queryValue({ query }: RequestHead, key: string): string | undefined {
  return new URLSearchParams(query).get(key) ?? undefined
}

function inPairs(args: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (let i = 0; i < args.length; i += 2) pairs[args[i] ?? ''] = args[i + 1] ?? ''
  return pairs
}

function ipv4InRange(address: string, range: string): boolean {
  const [network = '', bits = '32'] = range.split('/')
  const blocks = 2 ** (32 - Number(bits))
  return Math.floor(ipv4Number(address) / blocks) === Math.floor(ipv4Number(network) / blocks)
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
