// Traffic halted, everything let go of that can be: what does Muster hold on to now?
import { setTimeout as delay } from 'node:timers/promises'
import { ask } from '../support/edge.ts'
import { openFiles, rssBytes } from './muster/proc.ts'
import type { MusterProcess } from './muster/muster-process.ts'
import type { ThreadLook } from './muster/thread-probe.ts'

export interface Checkpoint {
  readonly name: string
  /** Minutes of traffic before it. */
  readonly minutes: number
  readonly rssBytes: number
  readonly files: ReadonlyMap<string, number>
  readonly threads: readonly ThreadLook[]
  /** Requests in flight by the ledger, over all members. */
  readonly busy: number
  /** Until all was quiet; the ceiling, when it never was. */
  readonly quietAfterMs: number
}

/** More open files than before traffic began that count as none. */
export const filesSlack = 5

/** Longer than any limit of a connection's: idle ones to members 3 s, half-open tunnels 30. */
const quietCeilingMs = 45_000
const collections = 3

export async function takeCheckpoint(
  muster: MusterProcess,
  name: string,
  minutes: number,
  filesBefore: number | undefined,
): Promise<Checkpoint> {
  const began = performance.now()
  let busy = await busyMembers(muster)
  // Before traffic began nothing is known to compare with: as long as idle connections to members may stay open.
  if (filesBefore === undefined) await delay(5000)
  else {
    while ((busy > 0 || countFiles(muster) > filesBefore + filesSlack) && performance.now() - began < quietCeilingMs) {
      await delay(250)
      busy = await busyMembers(muster)
    }
  }
  const quietAfterMs = performance.now() - began
  let threads: readonly ThreadLook[] = []
  let rss = Number.POSITIVE_INFINITY
  for (let i = 0; i < collections; i++) {
    threads = await muster.look()
    await delay(300)
    rss = Math.min(rss, rssBytes(muster.pid))
  }
  return {
    name,
    minutes,
    rssBytes: rss,
    files: openFiles(muster.pid),
    threads,
    busy,
    quietAfterMs,
  }
}

export function countOf(files: ReadonlyMap<string, number>): number {
  return [...files.values()].reduce((sum, count) => sum + count, 0)
}

function countFiles(muster: MusterProcess): number {
  return countOf(openFiles(muster.pid))
}

async function busyMembers(muster: MusterProcess): Promise<number> {
  const { body } = await ask(muster.port('traefik'), '/api/muster/balancers')
  const balancers = JSON.parse(body) as readonly {
    readonly members: readonly { readonly busy: number }[]
  }[]
  return balancers.flatMap(({ members }) => members).reduce((sum, { busy }) => sum + Math.abs(busy), 0)
}
