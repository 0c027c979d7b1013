// What must hold at the end. Each bar names the one of issue 3 it shows.
import { countOf, filesSlack } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Books } from './books.ts'
import type { Tally } from './disturbances.ts'
import type { MusterLog } from './muster/muster-process.ts'
import type { ObjectKind, ThreadLook } from './muster/thread-probe.ts'
import type { PostReport } from './posts.ts'

export interface Evidence {
  readonly books: Books
  readonly tally: Tally
  readonly posts: PostReport
  /** In the order of time; before traffic, after warm-up, then to the end. */
  readonly checkpoints: readonly Checkpoint[]
  readonly log: MusterLog
  readonly stop: { readonly code: number | null; readonly ms: number }
}

export interface Bar {
  readonly name: string
  readonly held: boolean
  readonly figures: string
}

/** Objects of one kind in one thread that may be there beside those of the beginning. */
const objectsSlack = 5
const driftMax = 0.1
/** A shorter warm-up ends while memory still grows to its usual size; what it shows then is only the gross leak. */
const warmUpMinutes = 2
const smokeDriftMax = 0.25
const replacedMsMax = 500
/** Of the p99 of small GETs while another member hangs, beside the p99 otherwise. */
const hangFactorMax = 2
const hangSlackMs = 50
/** Of Muster's own grace time (10 s), bar L15. */
const stopMsMax = 11_000

export function judge(evidence: Evidence): readonly Bar[] {
  const { books, tally, posts, checkpoints, log, stop } = evidence
  const kills = books.disturbances.filter(({ kind }) => kind === 'member death')
  const lost = kills.reduce((sum, { excused }) => sum + excused, 0)
  const replacedMs = percentile(tally.threadDeathsMs, 0.5)
  const deaths = tally.threadDeathsMs.length
  return [
    {
      name: "every answer is the expected one, whole and the client's own (L2, L3, L14, L17)",
      held: books.unexpectedCount === 0,
      figures: `${books.unexpectedCount} of ${books.asked} not`,
    },
    {
      name: 'no POST is carried out twice, and every one answered was carried out (L2)',
      held: posts.twice.length === 0 && posts.unknown.length === 0 && tally.memberDeaths > 0,
      figures: `${tally.memberDeaths} kills, ${lost} POSTs lost; twice ${posts.twice.length}, unknown ${posts.unknown.length}`,
    },
    hangBar(books),
    ...leakBars(checkpoints),
    {
      name: `a dead thread is replaced, within ${replacedMsMax} ms as a rule (L17)`,
      held: deaths > 0 && log.threadDeaths === deaths && replacedMs <= replacedMsMax,
      figures: `${deaths} deaths, ${log.threadDeaths} logged; median ${replacedMs.toFixed(0)} ms`,
    },
    {
      name: 'nothing else is a warning or an error in the log',
      held: log.troubles.length === 0,
      figures: `${log.troubles.length} lines`,
    },
    {
      name: 'a stop is graceful and in time',
      held: stop.code === 0 && stop.ms <= stopMsMax,
      figures: `exit code ${stop.code} after ${(stop.ms / 1000).toFixed(1)} s`,
    },
  ]
}

function hangBar({ latencies: { quiet, hang } }: Books): Bar {
  const [before, during] = [percentile(quiet, 0.99), percentile(hang, 0.99)]
  return {
    name: 'nobody waits for a member that hangs but who is sent to it (L3)',
    held: hang.length > 0 && during <= before * hangFactorMax + hangSlackMs,
    figures: `p99 of ${hang.length} small GETs ${during.toFixed(0)} ms, otherwise ${before.toFixed(0)}`,
  }
}

/** L9: the last checkpoint beside the first; memory beside the one after warm-up. */
function leakBars(checkpoints: readonly Checkpoint[]): readonly Bar[] {
  const [before, warm] = checkpoints
  const last = checkpoints.at(-1)
  if (before === undefined || warm === undefined || last === undefined) return []
  const drift = last.rssBytes / warm.rssBytes - 1
  const allowed = warm.minutes < warmUpMinutes ? smokeDriftMax : driftMax
  const [filesBefore, filesAfter] = [countOf(before.files), countOf(last.files)]
  const grown = last.threads.flatMap((look) => growthOf(look, before))
  const busy = checkpoints.map((each) => each.busy)
  return [
    {
      name: `memory: drift of at most ${allowed * 100} % since warm-up (L9)`,
      held: drift <= allowed,
      figures: `${(drift * 100).toFixed(1)} %`,
    },
    {
      name: `open files: back to the beginning ± ${filesSlack} (L9)`,
      held: Math.abs(filesAfter - filesBefore) <= filesSlack,
      figures: `${filesBefore} before, ${filesAfter} after`,
    },
    {
      name: 'sockets, timers, requests and answers in each thread: back to the beginning (L9)',
      held: grown.length === 0,
      figures: grown.length === 0 ? 'all are' : grown.join('; '),
    },
    {
      name: 'nothing in flight by the ledger when nothing is (L9)',
      held: busy.every((count) => count === 0),
      figures: busy.join(', '),
    },
  ]
}

/** Threads are replaced, so a data-plane thread is compared with any from before. */
function growthOf({ thread, active, objects }: ThreadLook, before: Checkpoint): readonly string[] {
  const same = before.threads.find((look) => (look.thread === 0) === (thread === 0))
  const name = thread === 0 ? 'control' : `thread ${thread}`
  const found: string[] = []
  for (const kind of Object.keys(objects) as ObjectKind[]) {
    const earlier = same?.objects[kind] ?? 0
    if (objects[kind] > earlier + objectsSlack) found.push(`${name}: ${objects[kind]} ${kind}, ${earlier} before`)
  }
  for (const [kind, count] of Object.entries(active)) {
    const earlier = same?.active[kind] ?? 0
    if (count > earlier + objectsSlack) found.push(`${name}: ${count} active ${kind}, ${earlier} before`)
  }
  return found
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}
