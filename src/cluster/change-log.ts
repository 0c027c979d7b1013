import type { Logger } from '../observability/logger.ts'
import type { MemberChange } from './entry.ts'

/** One line per change of a member's state. */
export function logMemberChange(log: Logger, { member, before, after, at }: MemberChange): void {
  const { service, config, reason } = member
  const sinceMs = at === undefined ? undefined : Date.now() - at
  log.info(
    {
      service,
      member: config.slot,
      container: config.container?.name,
      address: `${config.host}:${config.port}`,
      before,
      after,
      reason: after === 'gone' ? 'no longer declared' : reason,
      sinceMs,
    },
    'member changed',
  )
}
