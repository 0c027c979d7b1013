// Visitors who come once: 100 new connections a second, each with one request.
import { setTimeout as delay } from 'node:timers/promises'
import { get, quantile } from './load.ts'
import type { Load, Traffic } from './load.ts'

const perSecond = 100

export async function runNewConnections(port: number, { path, variants }: Traffic, seconds: number): Promise<Load> {
  const host = variants[0]?.host ?? ''
  const times: number[] = []
  let errors = 0
  const visit = async (): Promise<void> => {
    const start = performance.now()
    const answer = await get(port, path, host).catch(() => undefined)
    if (answer?.status === 200) times.push(performance.now() - start)
    else errors++
  }

  const visits: Promise<void>[] = []
  const start = performance.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    visits.push(visit())
    // To the schedule, not to the last visit: a slow proxy does not get fewer of them.
    await delay(Math.max(start + ((index + 1) * 1000) / perSecond - performance.now(), 0))
  }
  await Promise.all(visits)
  times.sort((a, b) => a - b)
  const elapsed = (performance.now() - start) / 1000
  const latency = { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }
  return { requests: times.length, seconds: elapsed, errors, ...latency }
}
