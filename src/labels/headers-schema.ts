// The options of Traefik's headers middleware.
import { bool, byDefault, integer, list } from './leaf.ts'
import { about } from './marks.ts'
import { ignored, map, struct } from './schema.ts'
import { fieldText, fieldValue, notFieldName } from './texts.ts'

const seconds = integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const off = byDefault(false, bool())
const none = byDefault('', fieldText())
const nothing = byDefault([], list())
const fields = map('header', fieldValue(), { refusal: notFieldName })

export const headers = struct({
  customRequestHeaders: about('set on the request; an empty value deletes the field', fields),
  customResponseHeaders: about('set on the answer; an empty value deletes the field', fields),
  accessControlAllowCredentials: about('CORS: Access-Control-Allow-Credentials', off),
  accessControlAllowHeaders: about('CORS: Access-Control-Allow-Headers of a preflight answer', nothing),
  accessControlAllowMethods: about('CORS: Access-Control-Allow-Methods of a preflight answer', nothing),
  accessControlAllowOriginList: about('CORS: origins that are allowed; `*` is all', nothing),
  accessControlAllowOriginListRegex: about('CORS: expressions an allowed origin matches', nothing),
  accessControlExposeHeaders: about('CORS: Access-Control-Expose-Headers', nothing),
  accessControlMaxAge: about('CORS: seconds a preflight answer may be kept', byDefault(0, seconds)),
  addVaryHeader: about('CORS: add Vary: Origin', off),
  allowedHosts: about('hosts a request may name; others are refused', nothing),
  hostsProxyHeaders: about('fields that may hold the host a proxy was asked for', nothing),
  sslProxyHeaders: about('fields and values that mean that the client came over TLS', fields),
  stsSeconds: about('Strict-Transport-Security: max-age; 0 is none', byDefault(0, seconds)),
  stsIncludeSubdomains: about('Strict-Transport-Security: includeSubDomains', off),
  stsPreload: about('Strict-Transport-Security: preload', off),
  forceSTSHeader: about('Strict-Transport-Security over plain HTTP as well', off),
  frameDeny: about('X-Frame-Options: DENY', off),
  customFrameOptionsValue: about('X-Frame-Options; before frameDeny', none),
  contentTypeNosniff: about('X-Content-Type-Options: nosniff', off),
  browserXssFilter: about('X-XSS-Protection: 1; mode=block', off),
  customBrowserXSSValue: about('X-XSS-Protection; before browserXssFilter', none),
  contentSecurityPolicy: about('Content-Security-Policy', none),
  contentSecurityPolicyReportOnly: about('Content-Security-Policy-Report-Only', none),
  publicKey: about('Public-Key-Pins', none),
  referrerPolicy: about('Referrer-Policy', none),
  permissionsPolicy: about('Permissions-Policy', none),
  isDevelopment: about('leave out what gets in the way of a test: allowed hosts, TLS, STS', off),

  sslRedirect: removed('sslRedirect', 'the redirectScheme middleware'),
  sslTemporaryRedirect: removed('sslTemporaryRedirect', 'the redirectScheme middleware'),
  sslHost: removed('sslHost', 'the redirectRegex middleware'),
  sslForceHost: removed('sslForceHost', 'the redirectRegex middleware'),
  featurePolicy: removed('featurePolicy', 'permissionsPolicy'),
})

function removed(option: string, instead: string): ReturnType<typeof ignored> {
  return ignored(`${option} has no effect since Traefik 3: use ${instead}`)
}
