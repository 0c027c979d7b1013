// Whether a request that one member failed may be given to another. Never one that might be carried out twice, unless its
// service says that this is all right.
import type { Exchange } from '../exchange/exchange.ts'
import { isIdempotent } from '../exchange/idempotent.ts'
import { canSendBody } from '../exchange/kept-body.ts'
import { UpstreamError } from '../exchange/upstream-error.ts'

/** Further members one request is given to, where nothing is said: each may cost a connect timeout. */
export const maxAttemptsDefault = 2

/**
 * A member that was never reached has seen nothing, whatever the method. One that closed before the first byte of its
 * answer may have acted: only an idempotent request is repeated then. Neither is without all that was read of its body.
 */
export function mayTryAnother(exchange: Exchange, error: unknown, retryNonIdempotent: boolean): boolean {
  if (!(error instanceof UpstreamError)) return false
  switch (error.code) {
    case 'refused':
    case 'unreachable':
    case 'connect-timeout':
    case 'busy':
    case 'reset':
      return (!error.sent || retryNonIdempotent || isIdempotent(exchange.head.method)) && canSendBody(exchange)
    case 'malformed-response':
    case 'response-timeout':
    case 'client-gone':
      return false
  }
}
