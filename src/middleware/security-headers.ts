// The security options of headers, as the Go package unrolled/secure does them for Traefik.
import type { Exchange, ResponseEdit } from '../exchange/exchange.ts'
import { findField, setField, type FieldName } from '../exchange/field-list.ts'
import { respond } from '../exchange/respond.ts'
import type { HeadersConfig } from '../model/dynamic-config.ts'
import { fieldName, fieldText } from './field-text.ts'
import type { Middleware } from './middleware.ts'
import { editResponse } from './response-edit.ts'

type Field = readonly [name: FieldName, value: string]

/** Undefined when no option of it has an effect. */
export function securityHeaders(config: HeadersConfig): Middleware | undefined {
  const plain = fieldsFor(config, false)
  const secure = fieldsFor(config, true)
  const isAllowed = hostCheck(config)
  if (secure.length === 0 && isAllowed === undefined) return undefined
  const plainEdit = editFor(plain)
  const secureEdit = editFor(secure)
  const isSecure = secureCheck(config)
  return (next) => (exchange) => {
    if (isAllowed !== undefined && !isAllowed(exchange)) {
      respond(exchange, 500, 'Bad Host\n')
      return Promise.resolve()
    }
    const edit = isSecure(exchange) ? secureEdit : plainEdit
    if (edit !== undefined) editResponse(exchange, edit)
    return next(exchange)
  }
}

/** What is added to an answer over TLS, or over a plain connection. */
function fieldsFor(config: HeadersConfig, secure: boolean): readonly Field[] {
  const { stsSeconds, isDevelopment } = config
  const sts = stsSeconds !== 0 && (secure || config.forceSTSHeader) && !isDevelopment
  const wanted: readonly (readonly [name: string, value: string])[] = [
    ['Strict-Transport-Security', sts ? stsValue(config) : ''],
    ['X-Frame-Options', config.customFrameOptionsValue || (config.frameDeny ? 'DENY' : '')],
    ['X-Content-Type-Options', config.contentTypeNosniff ? 'nosniff' : ''],
    ['X-XSS-Protection', config.customBrowserXSSValue || (config.browserXssFilter ? '1; mode=block' : '')],
    ['Public-Key-Pins', secure && !isDevelopment ? config.publicKey : ''],
    ['Content-Security-Policy', config.contentSecurityPolicy],
    ['Content-Security-Policy-Report-Only', config.contentSecurityPolicyReportOnly],
    ['Referrer-Policy', config.referrerPolicy],
    ['Permissions-Policy', config.permissionsPolicy],
  ]
  return wanted
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [{ written: name, lower: name.toLowerCase() }, fieldText(value)])
}

function stsValue({ stsSeconds, stsIncludeSubdomains, stsPreload }: HeadersConfig): string {
  return `max-age=${stsSeconds}${stsIncludeSubdomains ? '; includeSubDomains' : ''}${stsPreload ? '; preload' : ''}`
}

function editFor(added: readonly Field[]): ResponseEdit | undefined {
  if (added.length === 0) return undefined
  return ({ fields }) => {
    for (const [name, value] of added) setField(fields, name, value)
  }
}

/** Undefined: every host may come. The host counts with its port, as it was sent or as a proxy before us says. */
function hostCheck(config: HeadersConfig): ((exchange: Exchange) => boolean) | undefined {
  if (config.allowedHosts.length === 0 || config.isDevelopment) return undefined
  const allowed = new Set(config.allowedHosts.map((host) => host.toLowerCase()))
  const saidIn = config.hostsProxyHeaders.map((name) => name.toLowerCase())
  return ({ fields, hostField }) => {
    for (const name of saidIn) {
      const said = findField(fields, name)
      if (said !== undefined && said !== '') return allowed.has(said.toLowerCase())
    }
    return allowed.has((hostField ?? '').toLowerCase())
  }
}

function secureCheck(config: HeadersConfig): (exchange: Exchange) => boolean {
  const proofs = [...config.sslProxyHeaders].map(([name, value]) => [fieldName(name).lower, value] as const)
  return ({ head, fields }) => head.secure || proofs.some(([name, value]) => findField(fields, name) === value)
}
