// Which trailer fields may pass, in either direction. They arrive after every decision was made, so none may change one.

/** RFC 9110 section 6.5.1: framing, routing, authentication, request modifiers, response control, content format. */
const forbidden: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'content-length',
  'trailer',
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'upgrade',
  'authorization',
  'proxy-authorization',
  'proxy-authenticate',
  'proxy-authentication-info',
  'www-authenticate',
  'authentication-info',
  'cookie',
  'set-cookie',
  'cache-control',
  'expect',
  'max-forwards',
  'pragma',
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'age',
  'date',
  'expires',
  'location',
  'retry-after',
  'vary',
  'warning',
  'content-encoding',
  'content-type',
  'content-range',
  'forwarded',
  'x-real-ip',
])

/** The trailers that may pass, as pairs. `X_Forwarded_For` is the same as its dash form to many a backend. */
export function passableTrailers(trailers: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < trailers.length; i += 2) {
    const name = trailers[i] ?? ''
    const folded = name.toLowerCase().replaceAll('_', '-')
    if (!forbidden.has(folded) && !folded.startsWith('x-forwarded-')) pairs.push([name, trailers[i + 1] ?? ''])
  }
  return pairs
}
