// What is wrong with the options of headers: whatever could not be written as a field.
import type { HeadersConfig } from '../model/dynamic-config.ts'
import { isFieldName, isFieldText } from './field-text.ts'
import type { MiddlewareFlaw } from './middleware.ts'
import { checkRegexp } from './regexp-option.ts'

const authority = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

export function checkHeaders(config: HeadersConfig): MiddlewareFlaw | undefined {
  if (isEmpty(config)) return { reason: 'no option of headers is set', hint: undefined }
  return checkOptions(config) ?? checkHost(config)
}

/** As in Traefik: what does nothing was meant otherwise. */
function isEmpty(config: HeadersConfig): boolean {
  return Object.entries(config).every(([option, value]: [string, unknown]) => {
    if (option === 'kind') return true
    if (value instanceof Map) return value.size === 0
    return Array.isArray(value) ? value.length === 0 : value === '' || value === 0 || value === false
  })
}

function checkOptions(config: HeadersConfig): MiddlewareFlaw | undefined {
  for (const [option, value] of Object.entries(config)) {
    const flaw = checkValue(option, value)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function checkValue(option: string, value: unknown): MiddlewareFlaw | undefined {
  if (typeof value === 'string') return notText(option, value)
  if (value instanceof Map) return checkFields(option, value as ReadonlyMap<string, string>)
  if (!Array.isArray(value)) return undefined
  const flaws = (value as readonly string[]).map((item) => {
    if (option === 'hostsProxyHeaders') return notName(option, item)
    return option === 'accessControlAllowOriginListRegex' ? checkRegexp(option, item) : notText(option, item)
  })
  return flaws.find((flaw) => flaw !== undefined)
}

function checkFields(option: string, fields: ReadonlyMap<string, string>): MiddlewareFlaw | undefined {
  for (const [name, value] of fields) {
    const flaw = notName(option, name) ?? notText(`${option}.${name}`, value)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function checkHost({ customRequestHeaders }: HeadersConfig): MiddlewareFlaw | undefined {
  for (const [name, value] of customRequestHeaders) {
    if (name.toLowerCase() !== 'host' || value === '' || authority.test(value.trim())) continue
    return {
      reason: `customRequestHeaders.${name}: "${value}" is not a host`,
      hint: 'a name or address, and maybe a port',
    }
  }
  return undefined
}

function notName(option: string, name: string): MiddlewareFlaw | undefined {
  if (isFieldName(name)) return undefined
  return { reason: `${option}: "${name}" is not a header name`, hint: 'letters, digits and "-"' }
}

function notText(option: string, value: string): MiddlewareFlaw | undefined {
  if (isFieldText(value)) return undefined
  // Printed as it is, a line break would look like the end of the message.
  return { reason: `${option}: ${JSON.stringify(value)} has a control character`, hint: 'a header is one line' }
}
