// The ways a member can fail a request, and what the client is told for each.

/**
 * Code → status, as Traefik maps them: connection trouble 502, time run out 504, client gone 499 (logged only). Its members
 * are never busy; 503 is what HAProxy says when its queue is full.
 */
const statusByCode = {
  refused: 502,
  unreachable: 502,
  reset: 502,
  'malformed-response': 502,
  busy: 503,
  'connect-timeout': 504,
  'response-timeout': 504,
  'client-gone': 499,
} as const

export type UpstreamCode = keyof typeof statusByCode

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly code: UpstreamCode
  /** True once a byte of the request may have reached the member: from then on only idempotent requests are safe to repeat. */
  readonly sent: boolean

  constructor(code: UpstreamCode, message: string, options: { sent: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.sent = options.sent
  }

  get status(): number {
    return statusByCode[this.code]
  }
}
