// What is wrong with a middleware's options: found when a snapshot is linked, so that compiling one never fails.
import type { PlannedMiddleware } from '../model/dynamic-config.ts'
import { hasBadEscape, isClean } from '../exchange/path.ts'
import { parseReplacement } from '../expression/replacement.ts'
import { checkHeaders } from './check-headers.ts'
import { isFieldText } from './field-text.ts'
import type { MiddlewareFlaw } from './middleware.ts'
import { checkRegexp } from './regexp-option.ts'

type Checks = {
  readonly [K in PlannedMiddleware['kind']]: (
    config: Extract<PlannedMiddleware, { kind: K }>,
  ) => MiddlewareFlaw | undefined
}

const fine = (): undefined => undefined
const schemeText = /^[a-z][a-z0-9+.-]*$/i

const checks: Checks = {
  addPrefix: ({ prefix }) => missing('prefix', prefix) ?? badPath('prefix', prefix),
  contentType: fine,
  encodedCharacters: fine,
  headers: checkHeaders,
  passReverse: ({ prefix, cookiePath, cookieDomain }) =>
    (prefix === undefined ? undefined : notRooted('prefix', prefix)) ??
    firstFlaw(cookiePath, ([from, to]) => notRooted('cookiePath', from) ?? notRooted(`cookiePath.${from}`, to)) ??
    firstFlaw(cookieDomain, ([from, to]) => notDomain('cookieDomain', from) ?? notDomain(`cookieDomain.${from}`, to)),
  redirectRegex: ({ regex, replacement }) =>
    missing('regex', regex) ??
    checkRegexp('regex', regex) ??
    missing('replacement', replacement) ??
    badReplacement(replacement),
  redirectScheme: ({ scheme, port }) => missing('scheme', scheme) ?? notScheme(scheme) ?? notPort(port),
  replacePath: ({ path }) => badPath('path', path),
  // Nothing as replacement is a way to take something away.
  replacePathRegex: ({ regex, replacement }) =>
    missing('regex', regex.trim()) ?? checkRegexp('regex', regex.trim()) ?? badReplacement(replacement),
  stripPrefix: fine,
  stripPrefixRegex: ({ regex }) => firstFlaw(regex, (pattern) => checkRegexp('regex', pattern.trim())),
}

/** Undefined: it can be compiled. */
export function checkMiddleware(config: PlannedMiddleware): MiddlewareFlaw | undefined {
  const check = checks[config.kind] as (config: PlannedMiddleware) => MiddlewareFlaw | undefined
  return check(config)
}

function firstFlaw<T>(items: Iterable<T>, check: (item: T) => MiddlewareFlaw | undefined): MiddlewareFlaw | undefined {
  for (const item of items) {
    const flaw = check(item)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function missing(option: string, value: string): MiddlewareFlaw | undefined {
  return value === '' ? { reason: `${option} is missing`, hint: undefined } : undefined
}

/** Also what Traefik finds out at each request, and answers with an error. */
function badPath(option: string, path: string): MiddlewareFlaw | undefined {
  if (hasBadEscape(path)) {
    return { reason: `${option}: "${path}" has a "%" that begins no escape`, hint: 'write "%25" for the character' }
  }
  if (isClean(path)) return undefined
  return {
    reason: `${option}: "${path}" has a "." or ".." segment or a doubled "/"`,
    hint: 'write the path they lead to',
  }
}

function badReplacement(replacement: string): MiddlewareFlaw | undefined {
  const parsed = parseReplacement(replacement)
  if ('reason' in parsed) return { reason: `replacement: ${parsed.reason}`, hint: parsed.hint }
  if (isFieldText(replacement)) return undefined
  return { reason: 'replacement: it has a control character', hint: 'line breaks cannot be part of a URL' }
}

function notScheme(scheme: string): MiddlewareFlaw | undefined {
  if (schemeText.test(scheme)) return undefined
  return { reason: `scheme: "${scheme}" is not a scheme`, hint: 'write it without "://": https' }
}

function notPort(port: string): MiddlewareFlaw | undefined {
  if (port === '' || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536)) return undefined
  return { reason: `port: "${port}" is not a port`, hint: 'a number from 1 to 65535' }
}

function notRooted(option: string, path: string): MiddlewareFlaw | undefined {
  if (path.startsWith('/') && isFieldText(path) && !path.includes(';')) return undefined
  return { reason: `${option}: "${path}" is not a path`, hint: 'paths begin with "/" and hold no ";"' }
}

function notDomain(option: string, domain: string): MiddlewareFlaw | undefined {
  if (/^[\w.-]+$/.test(domain)) return undefined
  return { reason: `${option}: "${domain}" is not a domain`, hint: 'a host name without scheme, port and path' }
}
