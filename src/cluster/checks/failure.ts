// Why a check failed, in words that a person reads beside the member. Nothing the member sent stands in them, nor anything
// that differs from one check to the next (ports, addresses): each change of a reason is told.

export const closedEarly = 'connection closed before an answer'
export const tooManyInterim = 'too many interim answers'

const texts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: closedEarly,
  EPIPE: closedEarly,
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host is unreachable',
  ENETUNREACH: 'network is unreachable',
  ENOTFOUND: 'host name is unknown',
  EAI_AGAIN: 'host name cannot be looked up',
  EMFILE: 'too many open files here',
  EPROTO: 'tls handshake failed',
  HPE_HEADER_OVERFLOW: 'head of the answer is too large',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_INVALID_HTTP_TOKEN: 'method or header name of the check is not valid',
  ERR_INVALID_CHAR: 'header or hostname of the check is not valid',
}

const families: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, 'answer is not http'],
  [/^ERR_SSL_/, 'tls handshake failed'],
  [/CERT|ISSUER|VERIFY|SIGNATURE/, 'its certificate is not trusted'],
  [/^ERR_HTTP2_(INVALID_|.*FORBIDDEN|HEADER)/, 'method or header of the check is not valid'],
  [/^ERR_HTTP2_/, 'no valid http/2 answer'],
]

export function failureText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const text = texts[code] ?? families.find(([pattern]) => pattern.test(code))?.[1]
  if (text !== undefined) return text
  return /^[A-Z][A-Z0-9_]{0,39}$/.test(code) ? `check failed (${code.toLowerCase()})` : 'check failed'
}
