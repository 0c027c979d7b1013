// headers.customRequestHeaders and headers.customResponseHeaders: fields set, or deleted where the value is empty.
import { removeField, setField, type FieldName } from '../exchange/field-list.ts'
import type { ResponseEdit } from '../exchange/exchange.ts'
import type { HeadersConfig } from '../model/dynamic-config.ts'
import { fieldName, fieldText, isFraming } from './field-text.ts'
import type { Middleware } from './middleware.ts'
import { editResponse } from './response-edit.ts'
import { spokenValue } from './spoken-value.ts'

interface Change {
  readonly name: FieldName
  /** Empty: the field is deleted. */
  readonly value: string
}

/** Undefined when there is nothing to do. */
export function customHeaders(config: HeadersConfig): Middleware | undefined {
  const request = changesOf(config.customRequestHeaders)
  const forMember = request.filter(({ name }) => name.lower !== 'host')
  // As in Traefik deleting it has no effect: every request has a Host.
  const host = request.find(({ name, value }) => name.lower === 'host' && value !== '')?.value
  const forClient = changesOf(config.customResponseHeaders)
  if (request.length === 0 && forClient.length === 0) return undefined
  const edit = forClient.length > 0 ? responseEdit(forClient) : undefined

  return (next) => (exchange) => {
    if (host !== undefined) exchange.hostField = host
    apply(forMember, exchange.fields)
    if (edit !== undefined) editResponse(exchange, edit)
    return next(exchange)
  }
}

function changesOf(fields: ReadonlyMap<string, string>): readonly Change[] {
  return [...fields]
    .map(([name, value]) => ({ name: fieldName(name), value: fieldText(value) }))
    .filter(({ name }) => !isFraming(name.lower))
}

/** Values with Apache's variables are put together with each answer; one that turns out empty leaves no field. */
function responseEdit(changes: readonly Change[]): ResponseEdit {
  const spoken = changes.map((change) => ({ ...change, valueFor: spokenValue(change.value) }))
  if (spoken.every(({ valueFor }) => valueFor === undefined)) return ({ fields }) => apply(changes, fields)
  return ({ fields }, exchange) => {
    const now = spoken.map(({ name, value, valueFor }) => ({ name, value: valueFor?.(exchange) ?? value }))
    apply(now, fields)
  }
}

function apply(changes: readonly Change[], fields: string[]): void {
  for (const { name, value } of changes) {
    if (value === '') removeField(fields, name.lower)
    else setField(fields, name, value)
  }
}
