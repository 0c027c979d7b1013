// Are requests lost when containers come and go? `node test/soak-scale/main.ts [--proxy …] [--part …] [--cycles n] [--json file]
// [--check]`. README.md says what it does.
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { SetupError } from '../../compose/setup/run.ts'
import { say, script } from '../../compose/setup/step.ts'
import { Course } from './course.ts'
import { buildMemberImage } from './member/image.ts'
import { readOptions } from './options.ts'

// Ending the process is enough: what runs, and every container and network, is swept away as it exits.
for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(name, () => process.exit(code))
}

await script(async () => {
  const options = readOptions(process.argv.slice(2))
  const tools = options.parts.every((part) => part === 'storms') ? [] : await prepareEngine()
  const log = options.log === undefined ? undefined : createWriteStream(options.log)
  const report: Record<string, object> = {}
  for (const proxy of options.proxies) {
    say(`\n${proxy.name}`)
    const course = new Course(proxy, options, log && ((text) => void log.write(text)))
    try {
      await course.run(tools)
    } catch (error) {
      if (!(error instanceof SetupError) || options.proxies.length === 1) throw error
      say(`left out: ${error.message}`)
    }
    report[proxy.name] = course.conclude()
  }
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
})

/** The machine's own engine, and what there is to scale on it with: the newest first. */
async function prepareEngine(): Promise<readonly ComposeTool[]> {
  const { version } = await ensureEngine()
  const found = [await ensureComposeV2(), await ensureComposeV1()]
  for (const tool of found) if (tool.kind === 'missing') say(`left out: ${tool.reason}`)
  const tools = found.filter((tool) => tool.kind === 'found')
  if (tools.length === 0) throw new SetupError('there is no Compose to scale with')
  await buildMemberImage()
  say(`on engine ${version}`)
  return tools
}
