// The access log's settings → which lines are written, and how.
import type { AccessLogSettings } from '../settings/settings.ts'
import { isInternal } from './access-log.ts'
import type { AccessLine } from './access-log.ts'
import { commonLogLine, genericLogLine } from './common-line.ts'
import { jsonLines } from './json-line.ts'

type Format = (line: AccessLine) => string

const formats: Readonly<Record<'common' | 'genericCLF' | 'json', (settings: AccessLogSettings) => Format>> = {
  common: () => commonLogLine,
  genericCLF: () => genericLogLine,
  json: ({ fields }) => jsonLines(fields),
}

/** The line's text without its end; undefined where none is wanted. */
export function accessLines(settings: AccessLogSettings): (line: AccessLine) => string | undefined {
  const { addInternals, filters } = settings
  const format = formats[settings.format](settings)
  return (line) => {
    if (line.record.quiet || (!addInternals && isInternal(line))) return undefined
    return passes(line, filters) ? format(line) : undefined
  }
}

/** Traefik's: any filter that is set and says yes; none set, every line. */
function passes({ status = 0, durationMs, record }: AccessLine, filters: AccessLogSettings['filters']): boolean {
  const { statusCodes, retryAttempts, minDurationMs } = filters
  if (statusCodes.length === 0 && !retryAttempts && minDurationMs === 0) return true
  if (statusCodes.some(({ from, to }) => status >= from && status <= to)) return true
  return (retryAttempts && record.attempts > 1) || (minDurationMs > 0 && durationMs > minDurationMs)
}
