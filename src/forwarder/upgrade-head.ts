// The heads of an upgrade in both directions: what http-proxy is told to send, and what the client is sent in its place.
import type { IncomingMessage } from 'node:http'
import { editedFields } from '../exchange/edited-fields.ts'
import type { ResponseHeadDraft, UpgradeExchange } from '../exchange/exchange.ts'
import { fieldLines } from './request-head.ts'
import { planResponse } from './response-plan.ts'
import type { ResponseHead } from './response-head.ts'

export type UpgradeFields = Record<string, string | string[]>

/**
 * The member's request fields as http-proxy wants them. Repeated fields become lists. `connection` and `upgrade` must be
 * lower case: http-proxy looks for them so, and sends `connection: close` when it does not find them.
 */
export function upgradeRequestFields(exchange: UpgradeExchange, host: string): UpgradeFields {
  const byName = new Map<string, { name: string; values: string[] }>([['host', { name: 'Host', values: [host] }]])
  for (let i = 0; i < exchange.fields.length; i += 2) {
    const name = exchange.fields[i] ?? ''
    const value = exchange.fields[i + 1] ?? ''
    const same = byName.get(name.toLowerCase())
    if (same === undefined) byName.set(name.toLowerCase(), { name, values: [value] })
    else same.values.push(value)
  }
  // An Expect makes node write the head before its path can be set; http-proxy copies with plain assignment, which would
  // make `__proto__` a prototype.
  byName.delete('expect')
  byName.delete('__proto__')
  const fields: [string, string | string[]][] = []
  for (const { name, values } of byName.values()) fields.push([name, values.length === 1 ? (values[0] ?? '') : values])
  fields.push(['connection', 'Upgrade'], ['upgrade', 'websocket'])
  // Its copy turns the order round, so that this one comes out right.
  return Object.fromEntries(fields.toReversed())
}

/** Who answers, as edits are told of it. */
export type AnswerOrigin = ResponseHeadDraft['origin']

/** The member agreed: its end-to-end fields and ours under a head that says nothing else. Latin1. */
export function switchingHead(answer: IncomingMessage, exchange: UpgradeExchange, origin: AnswerOrigin): string {
  const fields = endToEnd(answer, exchange, origin)
  return headText('101 Switching Protocols', ['Connection', 'Upgrade', 'Upgrade', 'websocket', ...fields])
}

/** The member answered otherwise. The body is as long as the connection lasts, unless the member gave its length. */
export function refusalHead(answer: IncomingMessage, exchange: UpgradeExchange, origin: AnswerOrigin): string {
  const status = `${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`
  return headText(status, [...endToEnd(answer, exchange, origin), 'Connection', 'close'])
}

function endToEnd(answer: IncomingMessage, exchange: UpgradeExchange, origin: AnswerOrigin): readonly string[] {
  const status = answer.statusCode ?? 502
  const minorVersion = answer.httpVersionMinor === 0 ? 0 : 1
  const head: ResponseHead = { kind: 'head', minorVersion, status, reason: '', fields: answer.rawHeaders, bytes: 0 }
  const plan = planResponse(head, 'GET', false)
  const fields = [...(plan.kind === 'plan' ? plan.fields : []), ...exchange.responseFields]
  return editedFields(exchange, { status, fields, origin })
}

function headText(status: string, fields: readonly string[]): string {
  return `HTTP/1.1 ${status}\r\n${fieldLines(fields)}\r\n`
}
