// The process: which command, its signals, its exit code. Each command loads what it needs and nothing else: a backend
// of the demo is up in a fraction of the controller's time and memory.
import { DockerSocketError } from './dockersocket/socket-error.ts'
import { EntrypointError } from './entrypoint/entrypoint-error.ts'
import { EngineError } from './provider/docker/engine.ts'
import { SettingsError } from './settings/settings-error.ts'
import { version } from './version.ts'

type Command = (args: readonly string[], signal: AbortSignal) => Promise<void>

const commands: Readonly<Record<string, Command>> = {
  version: () => Promise.resolve(console.log(version)),
  whoami: async (args, signal) => (await import('./cli/whoami.ts')).runWhoami(args, signal),
  healthcheck: async (args) => {
    if (await toldHelp(args)) return
    process.exitCode = await (await import('./cli/healthcheck.ts')).runHealthcheck(args, process.env)
  },
  dockersocket: async (args, signal) => {
    if (await toldHelp(args)) return
    await (await import('./cli/dockersocket.ts')).runDockerSocket(args, process.env, signal)
  },
  lint: async (args) => {
    process.exitCode = await (await import('./cli/lint.ts')).runLint(args, await terminal())
  },
  plan: async (args, signal) => {
    process.exitCode = await (await import('./cli/plan.ts')).runPlan(args, await terminal(), signal)
  },
  explain: async (args, signal) => {
    process.exitCode = await (await import('./cli/explain.ts')).runExplain(args, await terminal(), signal)
  },
  scale: async (args, signal) => {
    process.exitCode = await (await import('./cli/scale.ts')).runScale(args, await terminal(), signal)
  },
  import: async (args) => {
    process.exitCode = (await import('./cli/import.ts')).runImport(args, await terminal())
  },
  schema: async () => {
    process.exitCode = (await import('./cli/schema.ts')).runSchema(await terminal())
  },
}

/** What a user can mend: a sentence is enough. Anything else is a bug of ours and keeps its stack. */
const told = [SettingsError, EntrypointError, EngineError, DockerSocketError]

const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  // The first asks for a graceful stop; a second one, by someone who will not wait, has its usual effect.
  process.once(name, () => stop.abort())
}

const [first = '', ...rest] = process.argv.slice(2)
const command = Object.hasOwn(commands, first) ? commands[first] : undefined
try {
  await (command === undefined ? runController(process.argv.slice(2), stop.signal) : command(rest, stop.signal))
} catch (error) {
  if (!told.some((kind) => error instanceof kind)) throw error
  console.error(`muster: ${(error as Error).message}`)
  process.exitCode = 1
}

async function terminal() {
  return (await import('./cli/terminal.ts')).processTerminal()
}

async function toldHelp(argv: readonly string[]): Promise<boolean> {
  const { asksForHelp, optionsHelp } = await import('./settings/options-help.ts')
  const asked = asksForHelp(argv)
  if (asked) console.log(optionsHelp())
  return asked
}

/** `muster [flags]`: the controller, until the signal. */
async function runController(argv: readonly string[], signal: AbortSignal): Promise<void> {
  if (await toldHelp(argv)) return
  const [first = '-'] = argv
  if (!first.startsWith('-')) {
    const { didYouMean } = await import('./model/nearest.ts')
    const hint = didYouMean(first, Object.keys(commands)) ?? 'muster --help lists them'
    throw new SettingsError('unexpected-argument', `there is no command "${first}"; ${hint}`)
  }
  const { parseSettings } = await import('./settings/parse-settings.ts')
  const { readConfigFile } = await import('./settings/config-file.ts')
  const { settings, source } = await parseSettings({ argv, env: process.env, readFile: readConfigFile })
  const [{ startApp }, { createLogger }] = await Promise.all([import('./app.ts'), import('./observability/logger.ts')])
  const log = createLogger(settings.log)
  log.info({ version, configuration: source }, 'Muster starts')
  for (const warning of settings.warnings) log.warn({}, warning)
  if (settings.ignored.length > 0) log.info({ options: settings.ignored }, 'options accepted without effect')
  await using _app = await startApp(settings, log)
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  log.info({}, 'stopping: requests in flight may finish')
}
