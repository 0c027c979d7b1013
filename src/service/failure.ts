// When a failed attempt puts a member in error (Apache's IN_ERROR): it is passed over for a while, by all threads at once.
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { BalancingConfig } from '../model/service-config.ts'
import type { Member, MemberNews } from './member.ts'

export interface FailureRules {
  readonly answered: (member: Member, status: number | undefined) => void
  readonly failed: (member: Member, error: unknown) => void
}

export function compileFailureRules(
  { failOnStatus, failOnTimeout, retryMs }: BalancingConfig,
  tell: (news: MemberNews) => void,
): FailureRules {
  const isBad = statusTest(failOnStatus)
  const fail = (member: Member, failure: string): void => {
    if (member.row.failing || (member.retryMs ?? retryMs) === 0) return
    member.row.failing = true
    tell({ memberKey: member.key, failure })
  }
  return {
    answered(member, status) {
      if (status !== undefined && isBad(status)) fail(member, `it answered ${status}`)
      else if (member.row.failing) {
        // The last one left was asked all the same, and answered.
        member.row.failing = false
        tell({ memberKey: member.key, failure: undefined })
      }
    },
    failed(member, error) {
      const failure = error instanceof UpstreamError ? failureOf(error, failOnTimeout) : undefined
      if (failure !== undefined) fail(member, failure)
    },
  }
}

/** Apache's: what fails to connect is in error; what breaks off later is not, since it may be the request's own doing. */
function failureOf({ code, cause }: UpstreamError, failOnTimeout: boolean): string | undefined {
  switch (code) {
    case 'refused':
      return 'connection refused'
    case 'unreachable':
      return cause instanceof Error && 'code' in cause ? `unreachable (${String(cause.code)})` : 'unreachable'
    case 'connect-timeout':
      return 'it did not accept a connection in time'
    case 'response-timeout':
      return failOnTimeout ? 'it did not answer in time' : undefined
    case 'busy':
    case 'reset':
    case 'malformed-response':
    case 'client-gone':
      return undefined
  }
}

/** @param ranges `500`, `500-503` */
function statusTest(ranges: readonly string[]): (status: number) => boolean {
  const bounds = ranges.map((range) => {
    const [from = '', to = from] = range.split('-')
    return [Number(from), Number(to)] as const
  })
  return (status) => bounds.some(([from, to]) => status >= from && status <= to)
}
