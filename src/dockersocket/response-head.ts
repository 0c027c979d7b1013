// The head of an engine's answer: what kind of answer it is and how its body ends.
import { framingOf, linesOf, names, parseFields, valuesOf } from './message-head.ts'
import type { Fields, Flaw, Framing } from './message-head.ts'

export interface ResponseHead {
  readonly bytes: Buffer
  readonly status: number
  readonly fields: Fields
  readonly body: Framing
  /** The connection carries no further answer. */
  readonly isLast: boolean
  /** Without an upgrade, a stream in both directions after the head: how attach and exec answer old clients. */
  readonly isRawStream: boolean
}

/** @param method of the request it answers */
export function parseResponseHead(bytes: Buffer, method: string): ResponseHead | Flaw {
  const [line, ...rest] = linesOf(bytes)
  const [, version, digits = ''] = /^HTTP\/(1\.[01]) ([1-5]\d{2})(?: .*)?$/.exec(line) ?? []
  if (version === undefined) return { flaw: 'its first line is not that of an HTTP/1.1 answer' }
  const status = Number(digits)
  const fields = parseFields(rest)
  if ('flaw' in fields) return fields
  const framing = framingOf(fields, version)
  if (typeof framing === 'object' && 'flaw' in framing) return framing
  const empty = method === 'HEAD' || status < 200 || status === 204 || status === 304
  const body = empty ? 'none' : (framing ?? 'until-close')
  const persistent = version === '1.1' || names(fields, 'connection', 'keep-alive')
  return {
    bytes,
    status,
    fields,
    body,
    isLast: body === 'until-close' || !persistent || names(fields, 'connection', 'close'),
    isRawStream:
      body === 'until-close' && /^application\/vnd\.docker\./i.test(valuesOf(fields, 'content-type')[0] ?? ''),
  }
}
