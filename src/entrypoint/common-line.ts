// Access lines as text: Traefik's Common Log Format, and the generic one that other programs read.
import type { AccessLine } from './access-log.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The generic line, then `count "router" "server URL" Nms`. */
export function commonLogLine(line: AccessLine): string {
  const { record } = line
  const duration = `${Math.round(line.durationMs)}ms`
  return `${genericLogLine(line)} ${line.count} ${quoted(record.router)} ${quoted(record.server)} ${duration}`
}

/** `host - user [time] "METHOD path PROTO" status bytes "referer" "agent"`, times in UTC. Traefik's genericCLF. */
export function genericLogLine(line: AccessLine): string {
  const request = escaped(`${line.method} ${line.path} ${line.protocol}`)
  return [
    line.clientIp === '' ? '-' : line.clientIp,
    '- -',
    `[${commonLogTime(line.startUtc)}]`,
    `"${request}"`,
    line.status ?? '-',
    line.bytes,
    quoted(line.headers.referer),
    quoted(line.headers['user-agent']),
  ].join(' ')
}

function commonLogTime(at: Date): string {
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? '"-"' : `"${escaped(text)}"`
}

/** A client's text must not end its quotes or its line, nor reach a terminal as a control sequence. */
function escaped(text: string): string {
  return text.replaceAll(/["\\]|[^\u0020-\u007e]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
