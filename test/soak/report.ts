// How a run is shown: a line now and then, and at its end what was done, what was held on to, and which bars were held.
import { percentile } from './bars.ts'
import type { Bar, Evidence } from './bars.ts'
import type { Books } from './books.ts'
import { countOf } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { openFiles, rssBytes } from './muster/proc.ts'

/** Of a list of what went wrong. */
const linesShown = 40

export function progressLine(seconds: number, books: Books, pid: number): string {
  const time = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
  const excused = books.disturbances.reduce((sum, disturbance) => sum + disturbance.excused, 0)
  const outcomes = `${books.asked} exchanges, ${excused} lost to disturbances, ${books.unexpectedCount} unexpected`
  return `${time}  ${outcomes}  ${megabytes(rssBytes(pid))} MB, ${countOf(openFiles(pid))} open files`
}

export function checkpointLine(checkpoint: Checkpoint): string {
  const files = [...checkpoint.files].map(([kind, count]) => `${kind} ${count}`).join(', ')
  const quiet = `quiet after ${(checkpoint.quietAfterMs / 1000).toFixed(1)} s`
  const head = `  ${checkpoint.name}: ${megabytes(checkpoint.rssBytes)} MB; open files: ${files}; busy ${checkpoint.busy}; ${quiet}`
  const threads = checkpoint.threads.map(({ thread, active, objects, heapBytes }) => {
    const name = thread === 0 ? 'control ' : `thread ${thread}`
    const counts = Object.entries({ ...objects, ...prefixed(active) }).map(([kind, count]) => `${kind} ${count}`)
    return `    ${name}: heap ${megabytes(heapBytes)} MB, ${counts.join(', ')}`
  })
  return [head, ...threads].join('\n')
}

export function finalReport({ books, tally, posts, checkpoints, log }: Evidence, bars: readonly Bar[]): string {
  const { quiet, hang } = books.latencies
  return [
    '\nWhat became of it',
    ...trafficTable(books),
    '',
    `disturbances: ${tally.memberDeaths} members killed, ${tally.hangs} hung, ${tally.threadDeathsMs.length} threads ended, ` +
      `configuration written ${tally.rewrites} times (${log.updates} updates), ${log.accessLines} access lines`,
    `POSTs: ${posts.asked} asked, ${posts.answered} carried out and answered`,
    `small GETs: ${latency(quiet)}; while a member hangs: ${latency(hang)}`,
    '\nWhat Muster held on to with traffic halted',
    ...checkpoints.map(checkpointLine),
    '\nBars',
    ...bars.map(({ name, held, figures }) => `  ${held ? 'held  ' : 'MISSED'}  ${name}: ${figures}`),
    ...some('Unexpected', books.unexpected, books.unexpectedCount),
    ...some('In the log', log.troubles, log.troubles.length),
    ...some('POSTs carried out twice', posts.twice, posts.twice.length),
  ].join('\n')
}

function trafficTable({ counts }: Books): readonly string[] {
  const width = Math.max(...[...counts.keys()].map((traffic) => traffic.length))
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([traffic, outcomes]) => {
      const all = [...outcomes].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name}: ${count}`)
      return `  ${traffic.padEnd(width)}  ${all.join(', ')}`
    })
}

function latency(values: readonly number[]): string {
  const [p50, p99, most] = [0.5, 0.99, 0.999_999].map((share) => percentile(values, share).toFixed(1))
  return `p50 ${p50} ms, p99 ${p99}, most ${most}`
}

function some(heading: string, lines: readonly string[], count: number): readonly string[] {
  return count === 0 ? [] : [`\n${heading}: ${count}`, ...lines.slice(0, linesShown).map((line) => `  ${line}`)]
}

function prefixed(active: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(active).map(([kind, count]) => [`active ${kind}`, count]))
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
