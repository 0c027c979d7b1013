// Muster beside its peers on this machine: `node test/bench/main.ts [parts…] [--rounds n] [--seconds n] [--json file]
// [--check]`. Without parts, all of them. README.md says what they are and what the figures mean.
import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { arch, cpus, loadavg, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SetupError, attempt } from '../../compose/setup/run.ts'
import { say, script } from '../../compose/setup/step.ts'
import { startBackends } from './backends.ts'
import { judge } from './bars.ts'
import type { Bar, Results } from './bars.ts'
import { measureGrowth } from './growth.ts'
import { installMissing, versionsOf } from './installing.ts'
import { measure } from './measure.ts'
import type { Plan, Result } from './measure.ts'
import { growthPart, parts, peers } from './parts.ts'
import { hasThreads } from './peers/muster.ts'
import { growthText, tableOf } from './report.ts'

interface Options {
  readonly chosen: readonly string[]
  readonly rounds: number
  readonly seconds: number
  readonly json: string
  readonly check: boolean
}

// Ending the process is enough: what runs is killed as it exits (program.ts). Not `once`: npm and the terminal both send
// one, and the second must not cut that short.
for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(name, () => process.exit(code))
}

await script(async () => {
  const options = readOptions(process.argv.slice(2))
  await installMissing(peers)
  const machine = await describeMachine()
  say(
    Object.entries(machine)
      .map(([what, value]) => `${what}: ${JSON.stringify(value)}`)
      .join('\n'),
  )
  if (!hasThreads()) say('this checkout of Muster has no --threads yet: it runs with one wherever it should have two')
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

  await using backends = await startBackends(directory)
  const results = await runParts(options, { ...options, backends, directory })
  const bars = judge(results)
  sayBars(bars)
  const { growth } = results
  const document = { machine, options, parts: Object.fromEntries(results.parts), growth, bars }
  await writeFile(options.json, `${JSON.stringify(document, undefined, 2)}\n`)
  say(`\nwritten to ${options.json}`)
  if (options.check && bars.some(({ reached }) => !reached)) process.exitCode = 1
})

function readOptions(args: readonly string[]): Options {
  const known = [...parts, growthPart].map(({ key }) => key)
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      json: { type: 'string', default: join(tmpdir(), `muster-bench-${Date.now()}.json`) },
      check: { type: 'boolean', default: false },
    },
  })
  const unknown = positionals.filter((key) => !known.includes(key))
  if (unknown.length > 0) throw new SetupError(`there is no part "${unknown[0]}"; there are ${known.join(', ')}`)
  const [rounds, seconds] = [wholeNumber('rounds', values.rounds), wholeNumber('seconds', values.seconds)]
  return {
    chosen: positionals.length > 0 ? positionals : known,
    rounds,
    seconds,
    json: values.json,
    check: values.check,
  }
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new SetupError(`--${option} wants a whole number from 1, not "${text}"`)
}

async function runParts(options: Options, plan: Plan): Promise<Results> {
  const done = new Map<string, Result>()
  for (const part of parts.filter(({ key }) => options.chosen.includes(key))) {
    say(`\n(${part.key}) ${part.title}: ${plan.rounds} rounds of ${plan.seconds} s`)
    const result = await measure(part, plan)
    say(tableOf(part, result))
    for (const note of result.notes) say(`  ${note}`)
    done.set(part.key, result)
  }
  if (!options.chosen.includes(growthPart.key)) return { parts: done, growth: undefined }
  say(`\n(${growthPart.key}) ${growthPart.title}`)
  const growth = await measureGrowth(growthPart, plan)
  say(`  ${growthText(growth)}`)
  return { parts: done, growth }
}

function sayBars(bars: readonly Bar[]): void {
  if (bars.length > 0) say('\nWhat must be reached')
  for (const { text, reached, figures } of bars)
    say(`  ${reached ? 'reached    ' : 'NOT REACHED'}  ${text}: ${figures}`)
}

async function describeMachine(): Promise<Record<string, unknown>> {
  const [first] = cpus()
  const commit = (await attempt('git', ['-C', import.meta.dirname, 'rev-parse', '--short', 'HEAD'])).stdout.trim()
  return {
    when: new Date().toISOString(),
    commit,
    processors: `${cpus().length} × ${first?.model ?? 'unknown'}`,
    // Whatever else runs makes every figure worse, and not all of them alike.
    loadBefore: loadavg()[0]?.toFixed(2),
    kernel: `Linux ${release()} ${arch()}`,
    versions: await versionsOf(peers),
  }
}
