// A port on loopback is open to every page in a browser on this machine, which would be root by it.
import { isIP } from 'node:net'
import { valuesOf } from './message-head.ts'
import type { RequestHead } from './request-head.ts'

/** What browsers cannot help telling of a request. */
const signs = new Set(['origin', 'sec-fetch-site', 'sec-fetch-mode'])

/** Why a request may be one of a web page; undefined: it is none. */
export function pageRefusal({ fields }: RequestHead): string | undefined {
  const sign = fields.find(([name]) => signs.has(name))
  if (sign !== undefined) return `requests of web pages are not taken (${sign[0]})`
  // A page of that name whose owner had the name lead here (DNS rebinding).
  const host = (valuesOf(fields, 'host')[0] ?? '').replace(/:\d*$/, '')
  const isHere = !host.includes('.') || host.endsWith('.localhost') || isIP(host) !== 0
  return isHere ? undefined : `"${host}" is not a name of this machine`
}
