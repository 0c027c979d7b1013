// Muster itself in this process, as flags would start it, on free ports, with its log kept. Without threads, unless a flag
// asks for some.
import { startApp } from '../../src/app.ts'
import { parseFlags } from '../../src/settings/flags.ts'

export interface LogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface RunningApp extends AsyncDisposable {
  /** Of the entrypoints `http` and `traefik`. */
  readonly port: number
  readonly apiPort: number
  readonly log: readonly LogLine[]
  /** Resolves with the first line, written already or still to come, that `matches` accepts. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>
}

export async function startMuster(...flags: string[]): Promise<RunningApp> {
  const log: LogLine[] = []
  const waiting = new Set<(line: LogLine) => void>()
  const write =
    (level: LogLine['level']) =>
    (fields: object, message: string): void => {
      const line = { level, message, fields: fields as LogLine['fields'] }
      log.push(line)
      for (const tell of waiting) tell(line)
    }
  const entryPoints = ['--entrypoints.http.address=127.0.0.1:0', '--entrypoints.traefik.address=127.0.0.1:0']
  const threads = flags.some((flag) => flag.startsWith('--threads')) ? [] : ['--threads=0']
  // Nothing that one test's edits leave behind may reach another one.
  const own = ['--api.insecure', '--api.stateFile=']
  const app = await startApp(parseFlags([...entryPoints, ...threads, ...own, ...flags]), {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
  })
  return {
    port: app.ports.get('http') ?? 0,
    apiPort: app.ports.get('traefik') ?? 0,
    log,
    logged(matches) {
      const { promise, resolve } = Promise.withResolvers<LogLine>()
      const tell = (line: LogLine): void => {
        if (!matches(line)) return
        waiting.delete(tell)
        resolve(line)
      }
      waiting.add(tell)
      for (const line of log) tell(line)
      return promise
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}
