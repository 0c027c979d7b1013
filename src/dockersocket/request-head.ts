// The head of a request as it is to be judged. Its bytes go to the engine as they came.
import { framingOf, linesOf, names, parseFields } from './message-head.ts'
import type { Fields, Flaw, Framing } from './message-head.ts'
import { parseTarget } from './request-target.ts'
import type { Target } from './request-target.ts'

export interface RequestHead {
  readonly bytes: Buffer
  readonly method: string
  readonly target: Target
  readonly fields: Fields
  readonly body: Framing
  readonly wantsUpgrade: boolean
}

/** As the engine has routes for; CONNECT and TRACE mean something else to proxies. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']

export function parseRequestHead(bytes: Buffer): RequestHead | Flaw {
  const [line, ...rest] = linesOf(bytes)
  const [, method, target = '', version = ''] = /^([A-Z]+) ([\x21-\x7e]+) HTTP\/(1\.[01])$/.exec(line) ?? []
  if (method === undefined) return { flaw: 'its first line is not that of an HTTP/1.1 request' }
  if (!methods.includes(method))
    return { flaw: `the method ${method.slice(0, 20)} is not one of ${methods.join(', ')}` }
  const read = parseTarget(target)
  if ('flaw' in read) return read
  const fields = parseFields(rest)
  if ('flaw' in fields) return fields
  const body = framingOf(fields, version) ?? 'none'
  if (typeof body === 'object' && 'flaw' in body) return body
  const hosts = fields.filter(([name]) => name === 'host').length
  if (hosts > 1 || (hosts === 0 && version === '1.1')) return { flaw: 'it has not exactly one Host field' }
  const wantsUpgrade = names(fields, 'connection', 'upgrade') || fields.some(([name]) => name === 'upgrade')
  return { bytes, method, target: read, fields, body, wantsUpgrade }
}
