// The active health check of one member: asks it again and again, and tells whether it is up. Nobody else's check waits for it.
import { setTimeout as delay } from 'node:timers/promises'
import type { HealthCheckConfig } from '../../model/service-config.ts'
import { checkGrpc } from './grpc-check.ts'
import { checkHttp } from './http-check.ts'
import { jittered, timerMaxMs } from './pace.ts'
import { addressOf, type MemberTrust, type Probe, type ProbePlan } from './probe.ts'
import { nextStanding, unproven, type Standing } from './standing.ts'
import { checkTcp } from './tcp-check.ts'

/** The member's own address; the check's options may ask another port or scheme of it. */
export interface CheckTarget {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

export interface Verdict {
  readonly up: boolean
  /** `check passed`, or what the last check found. */
  readonly reason: string
}

/** A timer that comes later than that was kept from coming: a busy thread is late by tens of milliseconds. */
const stillMs = 500

const probes: Record<HealthCheckConfig['mode'], Probe> = { http: checkHttp, grpc: checkGrpc, tcp: checkTcp }

/**
 * Checks at once and then every interval, until disposed. `onVerdict` is told the first verdict and every change of it or
 * of its reason; never before this returns, and never after disposal.
 */
export function startCheck(
  target: CheckTarget,
  config: HealthCheckConfig,
  onVerdict: (verdict: Verdict) => void,
  trust: MemberTrust = {},
): Disposable {
  const stop = new AbortController()
  const { host } = target
  const plan = { scheme: config.scheme ?? target.scheme, host, port: config.port ?? target.port, config, trust }
  void keepChecking(plan, onVerdict, stop.signal)
  return { [Symbol.dispose]: () => stop.abort() }
}

async function keepChecking(
  plan: ProbePlan,
  onVerdict: (verdict: Verdict) => void,
  signal: AbortSignal,
): Promise<void> {
  const { config } = plan
  const key = `${config.mode} ${addressOf(plan)}`
  let standing = unproven
  let told: Verdict | undefined
  for (let count = 0; ; count++) {
    const failure = await checkOnce(plan, signal)
    if (signal.aborted) return
    standing = nextStanding(standing, failure === undefined, config)
    const verdict = verdictOf(standing, failure, config)
    if (verdict.up !== told?.up || verdict.reason !== told.reason) onVerdict(verdict)
    told = verdict
    // Counted from the end of a check: one that takes long never meets the next one.
    const waitMs = jittered(standing.up ? config.intervalMs : config.unhealthyIntervalMs, key, count)
    await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
  }
}

/** Why the check failed, or undefined. */
export async function checkOnce(plan: ProbePlan, signal: AbortSignal): Promise<string | undefined> {
  const { mode, timeoutMs } = plan.config
  const ending = new AbortController()
  const stop = (): void => ending.abort('check was stopped')
  signal.addEventListener('abort', stop)
  const began = performance.now()
  const waitMs = Math.min(timeoutMs, timerMaxMs)
  const end = (): void => ending.abort(`no answer within ${timeoutMs} ms`)
  const expire = (): void => {
    // This process stood still, and the answer may have come meanwhile: its time is not the member's.
    const stoodStill = performance.now() - began > waitMs + stillMs
    if (stoodStill) timer = setTimeout(end, waitMs).unref()
    else end()
  }
  let timer = setTimeout(expire, waitMs).unref()
  try {
    return await probes[mode](plan, ending.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function verdictOf(
  { up, against }: Standing,
  failure: string | undefined,
  { rise, fall }: { readonly rise: number; readonly fall: number },
): Verdict {
  const reason = failure ?? 'check passed'
  return { up, reason: against === 0 ? reason : `${reason}, ${against} of ${up ? fall : rise} times` }
}
