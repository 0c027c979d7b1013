// What Muster must reach, in figures of the same run.
import type { Growth } from './growth.ts'
import type { Result, Row } from './measure.ts'
import { swapsPerSecond } from './parts.ts'
import { megabytes } from './report.ts'
import { crowd } from './storm.ts'

export interface Results {
  readonly parts: ReadonlyMap<string, Result>
  readonly growth: Growth | undefined
}

export interface Bar {
  readonly text: string
  readonly reached: boolean
  readonly figures: string
}

/** Those bars for which there are figures. */
export function judge(results: Results): Bar[] {
  return bars.map((bar) => bar(results)).filter((bar) => bar !== undefined)
}

const bars: readonly ((results: Results) => Bar | undefined)[] = [
  costs('a', 'nginx', 2.2),
  costs('a', 'Caddy', 0.6),
  costs('a', 'Apache', 0.6),
  costs('b', 'nginx', 2.2),
  costs('c', 'nginx', 1.6),
  costs('f', 'nginx', 2.2),
  costs('f', 'Caddy', 0.6),
  costs('f', 'Apache', 0.6),
  costs('g', 'Muster, 1 router', 1.15, 'Muster, 10000 routers'),
  swapsTookEffect,
  noErrors,
  p99WhileSwapping,
  memoryFlat,
  startsCost('s', 'Muster, a crowd', 5000 / crowd),
  startsCost('o', 'Muster, one more', 10),
  moreThanCaddy,
]

/** Muster's processor time for a request against another's in the same part. */
function costs(key: string, other: string, atMost: number, label = 'Muster'): (results: Results) => Bar | undefined {
  return (results) =>
    compare(results, key, [label, other], ([ours, theirs]) => ({
      text: `(${key}) ${label} costs at most ${atMost} × ${other}`,
      reached: ours.cpuUs <= atMost * theirs.cpuUs,
      figures: `${ours.cpuUs.toFixed(1)} µs / ${theirs.cpuUs.toFixed(1)} µs = ${(ours.cpuUs / theirs.cpuUs).toFixed(2)}`,
    }))
}

/** Not a bar for Muster but for the part: swaps that were never made would prove nothing. */
function swapsTookEffect(results: Results): Bar | undefined {
  return compare(results, 'i', swappingAndQuiet, ([swapping]) => ({
    text: `(i) ${swapsPerSecond} swaps a second take effect`,
    reached: swapping.swapsPerSecond >= 0.9 * swapsPerSecond,
    figures: `${swapping.swapsPerSecond.toFixed(1)} updates/s in its log`,
  }))
}

function noErrors(results: Results): Bar | undefined {
  return compare(results, 'i', swappingAndQuiet, ([swapping]) => ({
    text: '(i) no errors while swapping',
    reached: swapping.errors === 0,
    figures: `${swapping.errors} errors`,
  }))
}

function p99WhileSwapping(results: Results): Bar | undefined {
  return compare(results, 'i', swappingAndQuiet, ([swapping, quiet]) => ({
    text: '(i) p99 while swapping is at most 2 × quiet',
    reached: swapping.p99Ms <= 2 * quiet.p99Ms,
    figures: `${swapping.p99Ms.toFixed(2)} ms / ${quiet.p99Ms.toFixed(2)} ms`,
  }))
}

/** Milliseconds of processor time for a container, of all threads. */
function startsCost(key: string, label: string, atMostMs: number): (results: Results) => Bar | undefined {
  return ({ parts }) => {
    const result = parts.get(key)
    if (result === undefined) return undefined
    const costMs = (result.rows.find((row) => row.label === label)?.cpuUs ?? Number.NaN) / 1000
    return {
      text: `(${key}) ${label}: a container costs at most ${atMostMs} ms of CPU`,
      reached: costMs <= atMostMs,
      figures: `${costMs.toFixed(2)} ms`,
    }
  }
}

function memoryFlat({ growth }: Results): Bar | undefined {
  if (growth === undefined) return undefined
  const grown = growth.lastBytes - growth.firstBytes
  return {
    text: '(m) memory grows by at most 10 MB from 100,000 to a million requests',
    reached: grown <= 10e6 && growth.errors === 0,
    figures: `${megabytes(grown)} MB, ${growth.errors} errors`,
  }
}

function moreThanCaddy(results: Results): Bar | undefined {
  return compare(results, 't', ['Muster, 2 threads', 'Caddy, default'], ([ours, theirs]) => ({
    text: '(t) two threads answer more requests/s than Caddy by default',
    reached: ours.perSecond > theirs.perSecond,
    figures: `${ours.perSecond.toFixed(0)} / ${theirs.perSecond.toFixed(0)} requests/s`,
  }))
}

const swappingAndQuiet = ['Muster, swapping', 'Muster, quiet'] as const

/** Undefined for a part that was not run. One that was, without the two it is about, has reached nothing. */
function compare(
  { parts }: Results,
  key: string,
  [first, second]: readonly [string, string],
  judgement: (rows: readonly [Row, Row]) => Bar,
): Bar | undefined {
  const result = parts.get(key)
  if (result === undefined) return undefined
  const [ours, theirs] = [first, second].map((label) => result.rows.find((row) => row.label === label))
  if (ours !== undefined && theirs !== undefined) return judgement([ours, theirs])
  return { text: `(${key}) ${first} beside ${second}`, reached: false, figures: 'one of them was left out' }
}
