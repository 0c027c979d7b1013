// The process: which command, its signals, its exit code. Each command loads what it needs and nothing else: a backend
// of the demo is up in a fraction of the controller's time and memory.
import { EntrypointError } from './entrypoint/entrypoint-error.ts'
import { SettingsError } from './settings/settings-error.ts'
import { version } from './version.ts'

type Command = (args: readonly string[], signal: AbortSignal) => Promise<void>

const commands: Readonly<Record<string, Command>> = {
  version: () => Promise.resolve(console.log(version)),
  whoami: async (args, signal) => (await import('./cli/whoami.ts')).runWhoami(args, signal),
}

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
  if (!(error instanceof SettingsError || error instanceof EntrypointError)) throw error
  console.error(`muster: ${error.message}`)
  process.exitCode = 1
}

/** `muster [flags]`: the controller, until the signal. */
async function runController(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { parseFlags } = await import('./settings/flags.ts')
  const settings = parseFlags(argv)
  const [{ startApp }, { createLogger }] = await Promise.all([import('./app.ts'), import('./observability/logger.ts')])
  const log = createLogger(settings.log)
  log.info({ version }, 'Muster starts')
  if (settings.ignored.length > 0) log.info({ options: settings.ignored }, 'options accepted without effect')
  await using _app = await startApp(settings, log)
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  log.info({}, 'stopping: requests in flight may finish')
}
