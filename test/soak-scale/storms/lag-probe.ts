// Loaded into Muster ahead of its program, and so into each of its threads: measures the lag of the thread's event loop. At
// SIGUSR2 every thread writes what it came to since the last one into a file of its own (lags.ts reads them).
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

const { LAG_DIRECTORY: directory = '.' } = process.env
const everyMs = 10
/** Of the time between two looks, so that a loop at rest shows `everyMs`; in nanoseconds. */
const whole = monitorEventLoopDelay({ resolution: everyMs })
whole.enable()
/** Of the lag that no other program caused, in microseconds, from 1. */
const own = createHistogram()
let before = look()
setInterval(() => {
  const now = look()
  own.record(Math.max(Math.round(ownLagMs(before, now) * 1000), 1))
  before = now
}, everyMs).unref()

// Signals reach the main thread alone.
const channel = new BroadcastChannel('lag-probe')
channel.unref()
channel.onmessage = ({ data }: { data: unknown }) => write(Number(data))
let mark = 0
if (isMainThread) {
  process.on('SIGUSR2', () => {
    channel.postMessage(++mark)
    write(mark)
  })
}

interface Look {
  readonly at: number
  /** What the kernel says of this thread: it has run, and could have run but had no processor. */
  readonly usedMs: number
  readonly waitedMs: number
}

function look(): Look {
  const [used, waited] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')
  return { at: performance.now(), usedMs: Number(used) / 1e6, waitedMs: Number(waited) / 1e6 }
}

/** It may have waited, and it may have run, while nothing was late: the greater of what is left in either case. */
function ownLagMs(before: Look, now: Look): number {
  const lagMs = now.at - before.at - everyMs
  return Math.max(lagMs - (now.waitedMs - before.waitedMs), Math.min(lagMs, now.usedMs - before.usedMs))
}

function write(mark: number): void {
  const lag = (ns: number): number => Math.max(ns / 1e6 - everyMs, 0)
  const figures = {
    thread: threadId,
    p99Ms: lag(whole.percentile(99)),
    worstMs: lag(whole.max),
    ownP99Ms: own.percentile(99) / 1000,
    ownWorstMs: own.max / 1000,
    looks: own.count,
  }
  whole.reset()
  own.reset()
  const file = join(directory, `${mark}-${threadId}.json`)
  // Whoever sees the name sees the whole.
  writeFileSync(`${file}.new`, JSON.stringify(figures))
  renameSync(`${file}.new`, file)
}
