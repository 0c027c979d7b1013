// headers.accessControl*: which pages of other origins may use what a member answers (the CORS protocol of Fetch).
import type { Exchange, ResponseEdit } from '../exchange/exchange.ts'
import { fieldValues, findField, setField } from '../exchange/field-list.ts'
import { respond } from '../exchange/respond.ts'
import type { HeadersConfig } from '../model/dynamic-config.ts'
import { fieldName, fieldText } from './field-text.ts'
import type { Middleware } from './middleware.ts'
import { compiled } from './regexp-option.ts'
import { editResponse } from './response-edit.ts'

/** The value of Access-Control-Allow-Origin; undefined: this origin is not among the allowed. */
type AllowOrigin = (origin: string) => string | undefined

const allowOriginName = fieldName('Access-Control-Allow-Origin')
const credentialsName = fieldName('Access-Control-Allow-Credentials')
const exposeName = fieldName('Access-Control-Expose-Headers')
const varyName = fieldName('Vary')

/** Undefined when no option of it is set. */
export function cors(config: HeadersConfig): Middleware | undefined {
  if (!isConfigured(config)) return undefined
  const allowOrigin = originMatcher(config)
  const preflightFields = fixedPreflightFields(config)
  const edit = responseEdit(config, allowOrigin)
  return (next) => (exchange) => {
    const origin = exchange.head.method === 'OPTIONS' ? preflightOrigin(exchange) : undefined
    if (origin === undefined) {
      editResponse(exchange, edit)
      return next(exchange)
    }
    const allowed = allowOrigin(origin)
    const fields = allowed === undefined ? [] : [allowOriginName.written, allowed]
    respond(exchange, 200, '', [...fields, ...preflightFields])
    return Promise.resolve()
  }
}

function isConfigured(config: HeadersConfig): boolean {
  return (
    config.accessControlAllowCredentials ||
    config.accessControlAllowHeaders.length > 0 ||
    config.accessControlAllowMethods.length > 0 ||
    config.accessControlAllowOriginList.length > 0 ||
    config.accessControlAllowOriginListRegex.length > 0 ||
    config.accessControlExposeHeaders.length > 0 ||
    config.accessControlMaxAge !== 0 ||
    config.addVaryHeader
  )
}

/** The origin that asks beforehand; undefined: this is no preflight. */
function preflightOrigin({ fields }: Exchange): string | undefined {
  const method = findField(fields, 'access-control-request-method') ?? ''
  const origin = findField(fields, 'origin') ?? ''
  return method === '' || origin === '' ? undefined : origin
}

function fixedPreflightFields(config: HeadersConfig): readonly string[] {
  const fields = ['Access-Control-Max-Age', String(config.accessControlMaxAge)]
  const [allowHeaders, allowMethods] = [config.accessControlAllowHeaders, config.accessControlAllowMethods]
  if (allowHeaders.length > 0) fields.push('Access-Control-Allow-Headers', listText(allowHeaders))
  if (allowMethods.length > 0) fields.push('Access-Control-Allow-Methods', listText(allowMethods))
  if (config.accessControlAllowCredentials) fields.push(credentialsName.written, 'true')
  return fields
}

/**
 * An expression may match anywhere in the origin, unless it is anchored. With `*` the value is `*`, also beside
 * credentials, which browsers then refuse: an echo would hand every site the user's session.
 */
function originMatcher(config: HeadersConfig): AllowOrigin {
  const list = config.accessControlAllowOriginList.map(fieldText)
  const expressions = config.accessControlAllowOriginListRegex.map(compiled)
  return (origin) =>
    list.find((item) => item === '*' || item === origin) ??
    (expressions.some((expression) => expression.test(origin)) ? origin : undefined)
}

/** What the member says of it is overwritten; where nothing is configured it stays. */
function responseEdit(config: HeadersConfig, allowOrigin: AllowOrigin): ResponseEdit {
  const { accessControlAllowCredentials, addVaryHeader } = config
  const expose = listText(config.accessControlExposeHeaders)
  return ({ fields }, exchange) => {
    const allowed = allowOrigin(findField(exchange.fields, 'origin') ?? '')
    if (allowed !== undefined) setField(fields, allowOriginName, allowed)
    if (accessControlAllowCredentials) setField(fields, credentialsName, 'true')
    if (expose !== '') setField(fields, exposeName, expose)
    if (addVaryHeader) addVary(fields)
  }
}

function listText(list: readonly string[]): string {
  return fieldText(list.join(','))
}

function addVary(fields: string[]): void {
  const vary = fieldValues(fields, varyName.lower).join(',')
  if (/(?:^|,)\s*(?:origin|\*)\s*(?:,|$)/i.test(vary)) return
  setField(fields, varyName, vary === '' ? 'Origin' : `${vary},Origin`)
}
