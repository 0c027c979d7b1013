// The kinds of middleware: those that run, one row each, and those of pending-middleware-schema.ts.
import type { MiddlewareConfig } from '../model/dynamic-config.ts'
import { headers } from './headers-schema.ts'
import { bool, byDefault, list, needed, text } from './leaf.ts'
import { about, musterOnly } from './marks.ts'
import { pendingKinds } from './pending-middleware-schema.ts'
import { enabled, map, struct, variants } from './schema.ts'
import type { Infer } from './schema.ts'
import { cookieText } from './texts.ts'

const off = byDefault(false, bool())

const runningKinds = {
  addPrefix: struct({ prefix: about('put before the path', needed(text())) }),
  chain: struct({ middlewares: about('middlewares in the order they apply', byDefault([], list())) }),
  contentType: about(
    'answers keep the type they have, if any',
    enabled({ autoDetect: about('deprecated in Traefik', bool()) }),
  ),
  encodedCharacters: struct({
    allowEncodedSlash: about('let paths with `%2F` pass', off),
    allowEncodedBackSlash: about('let paths with `%5C` pass', off),
    allowEncodedNullCharacter: about('let paths with `%00` pass', off),
    allowEncodedSemicolon: about('let paths with `%3B` pass', off),
    allowEncodedPercent: about('let paths with `%25` pass', off),
    allowEncodedQuestionMark: about('let paths with `%3F` pass', off),
    allowEncodedHash: about('let paths with `%23` pass', off),
  }),
  headers,
  passReverse: about(
    "Apache's ProxyPassReverse: answers lead back through the prefix",
    musterOnly(
      enabled({
        prefix: about('what clients see before the path; not given: what was taken off the request at hand', text()),
        location: about('map Location, Content-Location and Refresh', byDefault(true, bool())),
        cookiePath: about('by path of the member: the path clients see', map('path', cookieText())),
        cookieDomain: about(
          'by domain of the member: the domain clients see',
          map('domain', cookieText(), { dotted: true }),
        ),
      }),
    ),
  ),
  redirectRegex: struct({
    regex: about('what the whole URL of a request must match', needed(text())),
    replacement: about('where to redirect; `$1` is the first group', needed(text())),
    permanent: about('301 and 308, not 302 and 307', off),
  }),
  redirectScheme: struct({
    scheme: about('the scheme of the new URL', needed(text())),
    port: about('the port of the new URL', byDefault('', text())),
    permanent: about('301 and 308, not 302 and 307', off),
  }),
  replacePath: struct({ path: about('the path instead of that of the request', needed(text())) }),
  replacePathRegex: struct({
    regex: about('what the path must match', needed(text())),
    replacement: about('the path instead; `$1` is the first group', byDefault('', text())),
  }),
  stripPrefix: struct({
    prefixes: about(
      'the first that the path begins with is taken off; the member is told in X-Forwarded-Prefix',
      byDefault([], list()),
    ),
    forceSlash: about('deprecated in Traefik: a path of which nothing is left is `/` and not empty', off),
  }),
  stripPrefixRegex: struct({
    regex: about('what matches at the beginning of the path is taken off', byDefault([], list())),
  }),
} as const

/** To be mapped to the model with `middlewareConfig`. */
export const middleware = variants({ ...runningKinds, ...pendingKinds }, {})

type Decoded = Exclude<Infer<typeof middleware>, undefined>
type Pending = Extract<Decoded, { kind: keyof typeof pendingKinds }>

export function middlewareConfig(decoded: Decoded): MiddlewareConfig {
  if (!isPending(decoded)) return decoded
  const { kind, ...options } = decoded
  return { kind: 'pending', type: kind, options: 'entries' in options ? Object.fromEntries(options.entries) : options }
}

function isPending(decoded: Decoded): decoded is Pending {
  return Object.hasOwn(pendingKinds, decoded.kind)
}
