// Muster under mixed traffic while clients misbehave and members and threads die: `node test/soak/main.ts [--minutes 30]
// [--seed n]`. Exit code 1 when a bar is missed. README.md says what it does.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect, parseArgs } from 'node:util'
import { judge } from './bars.ts'
import { Books } from './books.ts'
import { countOf, takeCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { ConfigFile } from './config.ts'
import { addDisturbances } from './disturbances.ts'
import { Lanes } from './lanes.ts'
import { startMembers } from './members/members.ts'
import { MusterProcess } from './muster/muster-process.ts'
import { comparePosts } from './posts.ts'
import { checkpointLine, finalReport, progressLine } from './report.ts'
import { slowClientFlags } from './traffic/slow-clients.ts'
import { addTraffic } from './traffic/traffic.ts'

/** Of the time of traffic, after which Muster is measured; the first is the end of warm-up. */
const measuredAt = [0.2, 0.6, 1]
const progressEveryMs = 30_000
/** A change of the configuration is served after milliseconds; this is for the file's watcher. */
const rewriteMs = 1000

// Ending the process is enough: whatever it started is killed as it exits.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => process.exit(130))

const { minutes, seed } = readOptions()
console.log(`soak: ${minutes} minutes of traffic, seed ${seed}, node ${process.version}`)
await using stack = new AsyncDisposableStack()
const directory = await mkdtemp(join(tmpdir(), 'muster-soak-'))
stack.defer(() => rm(directory, { recursive: true }))
const members = stack.use(await startMembers(directory))
await mkdir(join(directory, 'config'))
const config = new ConfigFile(join(directory, 'config'), members.services)
await config.write({})
const muster = stack.use(await MusterProcess.start(flags(config.path)))
const { pid, log } = muster

const books = new Books()
const lanes = new Lanes(seed, (lane, error) => books.report(`${lane}: ${inspect(error)}`))
const closeKept = addTraffic({ port: muster.port('http'), books, lanes }, members.talkative)
const tally = addDisturbances({ muster, config, ...members }, books, lanes)
const checkpoints = [await takeCheckpoint(muster, 'before', 0, undefined)]
console.log(checkpointLine(checkpoints[0] as Checkpoint))
for (const [index, share] of measuredAt.entries()) {
  const from = measuredAt[index - 1] ?? 0
  await letRun(from * minutes, share * minutes)
  checkpoints.push(await measure(share === 1 ? 'at the end' : `after ${share * 100} %`, share * minutes))
}
await lanes.stop()
const stop = await muster.stop()
const evidence = {
  books,
  tally,
  posts: comparePosts(books.posts, members.notes),
  checkpoints,
  log,
  stop,
}
const bars = judge(evidence)
console.log(finalReport(evidence, bars))
if (bars.some(({ held }) => !held)) process.exitCode = 1

async function letRun(fromMinutes: number, toMinutes: number): Promise<void> {
  const began = performance.now()
  const sayProgress = (): void => {
    console.log(progressLine(fromMinutes * 60 + (performance.now() - began) / 1000, books, pid))
  }
  const timer = setInterval(sayProgress, progressEveryMs)
  lanes.resume()
  await delay((toMinutes - fromMinutes) * 60_000)
  await lanes.halt()
  clearInterval(timer)
  sayProgress()
}

async function measure(name: string, atMinutes: number): Promise<Checkpoint> {
  closeKept()
  await config.write({})
  await delay(rewriteMs)
  const filesBefore = countOf(checkpoints[0]?.files ?? new Map())
  const checkpoint = await takeCheckpoint(muster, name, atMinutes, filesBefore)
  console.log(checkpointLine(checkpoint))
  return checkpoint
}

function flags(configPath: string): readonly string[] {
  return [
    '--entrypoints.http.address=127.0.0.1:0',
    '--entrypoints.traefik.address=127.0.0.1:0',
    '--api.insecure',
    '--accesslog',
    '--log.format=json',
    '--threads=2',
    `--providers.file.filename=${configPath}`,
    '--serverstransport.forwardingtimeouts.idleconntimeout=3s',
    ...slowClientFlags,
  ]
}

function readOptions(): { readonly minutes: number; readonly seed: number } {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  })
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
  if (!(minutes > 0) || !Number.isSafeInteger(seed))
    throw new Error('--minutes takes a number above 0, --seed a whole one')
  return { minutes, seed }
}
