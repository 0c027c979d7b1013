// A started container is not a listening one: before a member without a HEALTHCHECK takes requests, its port must accept or,
// where its service asks for more, a path must answer. Once per start: what becomes of it later is for checks.
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { HealthCheckConfig, MemberConfig } from '../model/service-config.ts'
import { checkOnce } from './checks/member-check.ts'

/** Between attempts; the first seconds decide how fast a scale-up is felt, later ones only cost. */
const fastRetryMs = 25
const fastRetriesMax = 400
const slowRetryMs = 1000
/** On a bridge network an answer takes well under a millisecond; a vanished address takes 3 s to be refused. */
const connectTimeoutMs = 500
/** Between questions, and for an answer. */
const askAgainMs = 100
const answerTimeoutMs = 5000

/** Resolves true once `host:port` accepts a TCP connection; false when `signal` ends the wait. */
export async function portAccepts(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    if (await connects(host, port, signal)) return true
    const waitMs = attempt < fastRetriesMax ? fastRetryMs : slowRetryMs
    await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
  return false
}

/** Resolves true once a GET of that path is answered below 400; false when `signal` ends the wait. */
export async function answersWell(
  { scheme, host, port }: Pick<MemberConfig, 'scheme' | 'host' | 'port'>,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const plan = { scheme, host, port, config: { ...question, path }, trust: {} }
  while (!signal.aborted) {
    if ((await checkOnce(plan, signal)) === undefined) return true
    await delay(askAgainMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
  return false
}

const question: HealthCheckConfig = {
  mode: 'http',
  path: undefined,
  scheme: undefined,
  method: 'GET',
  status: undefined,
  port: undefined,
  intervalMs: askAgainMs,
  unhealthyIntervalMs: askAgainMs,
  timeoutMs: answerTimeoutMs,
  hostname: undefined,
  // A redirect is an answer.
  followRedirects: false,
  headers: new Map(),
  rise: 1,
  fall: 1,
}

function connects(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, signal })
  socket.setTimeout(connectTimeoutMs, () => socket.destroy())
  socket.once('connect', () => {
    resolve(true)
    socket.destroy()
  })
  socket.once('error', () => socket.destroy())
  socket.once('close', () => resolve(false))
  return promise
}
