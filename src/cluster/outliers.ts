// Which members fail so much more than their fellows that they are taken out for a while.
import type { OutlierDetectionConfig } from '../model/service-config.ts'

export interface OutlierSample {
  readonly key: string
  /** Of the last interval. */
  readonly requests: number
  readonly failures: number
  /** Takes no requests already, for whatever reason. */
  readonly out: boolean
}

interface Rated {
  readonly key: string
  readonly requests: number
  /** Per cent. */
  readonly rate: number
}

/**
 * Who is to be ejected now: worst first, never so many that more than `maxEjected` per cent of all members are out, and
 * never the last one.
 */
export function outliers(samples: readonly OutlierSample[], config: OutlierDetectionConfig): readonly string[] {
  const room = roomFor(samples, config.maxEjected)
  if (room <= 0) return []
  const rated = samples.filter(({ out, requests }) => !out && requests > 0).map(rate)
  return rated
    .filter((member) => member.requests >= config.minRequests && member.rate >= config.errorRate)
    .filter((member) => isWorse(member, rated))
    .sort((a, b) => b.rate - a.rate || b.requests - a.requests || (a.key < b.key ? -1 : 1))
    .slice(0, room)
    .map(({ key }) => key)
}

function roomFor(samples: readonly OutlierSample[], maxEjected: number): number {
  const outMax = Math.min(Math.floor((samples.length * maxEjected) / 100), samples.length - 1)
  return outMax - samples.filter(({ out }) => out).length
}

/** A request is counted when it begins and its failure when it ends: an interval may see more failures than requests. */
function rate({ key, requests, failures }: OutlierSample): Rated {
  return { key, requests, rate: Math.min((100 * failures) / requests, 100) }
}

/**
 * Where most fail alike the fault is elsewhere (a database, the network), and ejecting would only move the load. With
 * nobody to compare to, nothing is proven.
 */
function isWorse(member: Rated, all: readonly Rated[]): boolean {
  const others = all.filter((other) => other !== member).map((other) => other.rate)
  return others.length > 0 && median(others) < member.rate / 2
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
