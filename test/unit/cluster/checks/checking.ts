// Asks for the verdict of one check of a member on a port of this machine.
import { startCheck, type CheckTarget, type Verdict } from '../../../../src/cluster/checks/member-check.ts'
import type { MemberTrust } from '../../../../src/cluster/checks/probe.ts'
import type { HealthCheckConfig } from '../../../../src/model/service-config.ts'

/** Quick enough for a test; whoever expects no answer sets a shorter timeout. */
export function healthCheck(other: Partial<HealthCheckConfig> = {}): HealthCheckConfig {
  return {
    mode: 'http',
    path: '/health',
    scheme: undefined,
    method: 'GET',
    status: undefined,
    port: undefined,
    intervalMs: 20,
    unhealthyIntervalMs: 20,
    timeoutMs: 10_000,
    hostname: undefined,
    followRedirects: true,
    headers: new Map(),
    rise: 1,
    fall: 1,
    ...other,
  }
}

export function localTarget(port: number, other: Partial<CheckTarget> = {}): CheckTarget {
  return { scheme: 'http', host: '127.0.0.1', port, ...other }
}

/** The first verdict. */
export async function checked(
  target: CheckTarget,
  other: Partial<HealthCheckConfig> = {},
  trust?: MemberTrust,
): Promise<Verdict> {
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  // The next check must not come between.
  using _check = startCheck(
    target,
    { ...healthCheck(other), unhealthyIntervalMs: 1e6, intervalMs: 1e6 },
    resolve,
    trust,
  )
  return await promise
}

export const up: Verdict = { up: true, reason: 'check passed' }

export function down(reason: string): Verdict {
  return { up: false, reason }
}
