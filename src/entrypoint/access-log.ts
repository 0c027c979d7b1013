// The line an operator reads for each request: Traefik's Common Log Format, and the same as a record for JSON.
import type { ExchangeRecord, RequestHead } from '../exchange/exchange.ts'
import type { IncomingMessage } from 'node:http'

export interface AccessLine {
  readonly entrypoint: string
  /** How many requests this entrypoint has answered, this one included. */
  readonly count: number
  /** When its head had arrived. */
  readonly startUtc: Date
  readonly durationMs: number
  /**
   * What the client was told; 499 when it left before.
   */
  readonly status: number | undefined
  /** Bytes sent to the client, head included (Apache's %O). */
  readonly bytes: number
  readonly clientIp: string
  /** `-`, like path and protocol, for bytes that could not be read as a request. */
  readonly method: string
  /** The canonical path with its query; the raw target of a request refused before it had one. */
  readonly path: string
  readonly protocol: string
  readonly referer: string | undefined
  readonly userAgent: string | undefined
  readonly router: string | undefined
  readonly service: string | undefined
  readonly member: string | undefined
  readonly attempts: number
}

export interface AccessLog {
  readonly entrypoint: string
  readonly write: (line: AccessLine) => void
  count: number
}

export interface LoggedRequest {
  readonly request: IncomingMessage
  readonly clientIp: string
  /** Undefined when it was refused before it had one. */
  readonly head: RequestHead | undefined
  readonly record: ExchangeRecord
}

/** Notes what is known when a request arrives; the function it returns writes the line once the answer is over. */
export function startLine(log: AccessLog, logged: LoggedRequest): (status: number | undefined) => void {
  const { request, clientIp, head, record } = logged
  const startUtc = new Date()
  const start = performance.now()
  const { socket, headers } = request
  const bytesBefore = socket.bytesWritten
  const query = head?.query === undefined ? '' : `?${head.query}`
  return (status) => {
    log.count += 1
    log.write({
      entrypoint: log.entrypoint,
      count: log.count,
      startUtc,
      durationMs: performance.now() - start,
      status,
      bytes: socket.bytesWritten - bytesBefore,
      clientIp,
      method: request.method ?? '',
      path: head === undefined ? (request.url ?? '') : head.path + query,
      protocol: `HTTP/${request.httpVersion}`,
      referer: headers.referer,
      userAgent: headers['user-agent'],
      router: record.router,
      service: record.service,
      member: record.member,
      attempts: record.attempts,
    })
  }
}

/** For bytes that never became a request: only who sent them and what was answered is known. */
export function refusedLine(log: AccessLog, clientIp: string, status: number): void {
  log.count += 1
  log.write({
    entrypoint: log.entrypoint,
    count: log.count,
    startUtc: new Date(),
    durationMs: 0,
    status,
    bytes: 0,
    clientIp,
    method: '-',
    path: '-',
    protocol: '-',
    referer: undefined,
    userAgent: undefined,
    router: undefined,
    service: undefined,
    member: undefined,
    attempts: 0,
  })
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `host - user [time] "METHOD path PROTO" status bytes "referer" "agent" count "router" "member" Nms`, times in UTC. */
export function commonLogLine(line: AccessLine): string {
  const request = escaped(`${line.method} ${line.path} ${line.protocol}`)
  return [
    line.clientIp === '' ? '-' : line.clientIp,
    '- -',
    `[${commonLogTime(line.startUtc)}]`,
    `"${request}"`,
    line.status ?? '-',
    line.bytes,
    quoted(line.referer),
    quoted(line.userAgent),
    line.count,
    quoted(line.router),
    quoted(line.member),
    `${Math.round(line.durationMs)}ms`,
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
