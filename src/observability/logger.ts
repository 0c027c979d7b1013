// The only importer of pino. Everything else is handed a Logger.
import { pino } from 'pino'

/** Fields first, then the sentence, as pino has it. Fixed keys: provider, router, service, member, snapshot, err. */
export interface Logger {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
}

export interface LoggerOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
  /** `json`: one object per line. `common`: one readable line, as Traefik's default. */
  readonly format: 'common' | 'json'
}

/** Writes to stdout. Synchronous: a line is out before the process can die of what it tells. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } }
  const destination = pino.destination({ dest: 1, sync: true })
  return pino(options, format === 'json' ? destination : { write: (line: string) => destination.write(readable(line)) })
}

function levelName(level: string): { level: string } {
  return { level }
}

/** `2026-11-21T02:47:33.123Z INF sentence key=value key="two words"`. */
function readable(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const told = Object.entries(fields).filter(([, value]) => !(Array.isArray(value) && value.length === 0))
  const shown = told.map(([key, value]) => `${key}=${quoteIfNeeded(value)}`)
  const stack = isError(err) ? `\n${err.stack ?? err.message}` : ''
  const sentence = String(msg).replaceAll(/\p{Cc}/gu, ' ')
  return [time, levelNames[String(level)] ?? level, sentence, ...shown].join(' ') + stack + '\n'
}

/** As Traefik writes them. */
const levelNames: Readonly<Record<string, string>> = {
  trace: 'TRC',
  debug: 'DBG',
  info: 'INF',
  warn: 'WRN',
  error: 'ERR',
  fatal: 'FTL',
}

function quoteIfNeeded(value: unknown): string {
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value)
  // Control characters of a hostile label or path must not forge a second log line.
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text)
}

function isError(value: unknown): value is { stack?: string; message: string } {
  return typeof value === 'object' && value !== null && 'message' in value
}
