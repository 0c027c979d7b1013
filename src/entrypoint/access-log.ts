// What is known of a request once it is answered: for the access log, and for metrics.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { ExchangeRecord } from '../exchange/exchange.ts'
import type { Connection } from './connections.ts'
import { MeasuredRequest, MeasuredResponse } from './measured-message.ts'
import type { Arrival, Refusal } from './request-head.ts'

export interface AccessLine {
  readonly entrypoint: string
  /** How many requests this entrypoint has answered, this one included. */
  readonly count: number
  /** When its head had arrived. */
  readonly startUtc: Date
  readonly durationMs: number
  /** What its service took of that; undefined when none had it, or without `measures`. */
  readonly serviceMs: number | undefined
  /** What the client was told; 499 when it left before. */
  readonly status: number | undefined
  /** Bytes sent to the client, head included (Apache's %O). */
  readonly bytes: number
  /** Of the two bodies, without their framing; 0 without `measures`. */
  readonly requestBytes: number
  readonly responseBytes: number
  readonly clientIp: string
  readonly clientPort: number
  /** `-`, like path and protocol, for bytes that could not be read as a request. */
  readonly method: string
  /** The canonical path with its query; the raw target of a request refused before it had one. */
  readonly path: string
  readonly protocol: string
  readonly secure: boolean
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as rules saw them. */
  readonly requestFields: readonly string[]
  /** The same of the answer; none without `measures`. */
  readonly responseFields: readonly OutgoingHttpHeader[]
  readonly record: Readonly<ExchangeRecord>
}

export interface AccessLogOptions {
  readonly write: (line: AccessLine) => void
  /** Bodies are counted and times taken, which costs a little. */
  readonly measures: boolean
}

export interface AccessLog extends AccessLogOptions {
  readonly entrypoint: string
  count: number
}

export interface LoggedRequest {
  readonly request: IncomingMessage
  /** Undefined for an upgrade. */
  readonly response: ServerResponse | undefined
  readonly connection: Connection
  readonly arrival: Arrival | Refusal
  readonly record: ExchangeRecord
}

export function newRecord(log: AccessLogOptions | undefined): ExchangeRecord {
  return {
    router: undefined,
    service: undefined,
    member: undefined,
    attempts: 0,
    perhapsDone: 0,
    failure: undefined,
    route: undefined,
    session: undefined,
    routeChanged: false,
    heldUntil: undefined,
    status: undefined,
    server: undefined,
    serviceAt: log?.measures === true ? 0 : undefined,
    quiet: false,
    unmeasured: false,
  }
}

/** Notes what is known when a request arrives; the function it returns writes the line once the answer is over. */
export function startLine(log: AccessLog, logged: LoggedRequest): (status: number | undefined) => void {
  const { request, response, connection, arrival, record } = logged
  const startUtc = new Date()
  const start = performance.now()
  const { socket, headers } = request
  const bytesBefore = socket.bytesWritten
  const head = arrival.kind === 'arrival' ? arrival.head : undefined
  const query = head?.query === undefined ? '' : `?${head.query}`
  return (status) => {
    const end = performance.now()
    const { serviceAt = 0 } = record
    log.count += 1
    log.write({
      entrypoint: log.entrypoint,
      count: log.count,
      startUtc,
      durationMs: end - start,
      serviceMs: serviceAt === 0 ? undefined : end - serviceAt,
      status,
      bytes: socket.bytesWritten - bytesBefore,
      requestBytes: request instanceof MeasuredRequest ? request.bodyBytes : 0,
      responseBytes: response instanceof MeasuredResponse ? response.bodyBytes : 0,
      clientIp: connection.clientIp,
      clientPort: connection.clientPort,
      method: request.method ?? '',
      path: head === undefined ? (request.url ?? '') : head.path + query,
      protocol: `HTTP/${request.httpVersion}`,
      secure: connection.secure,
      headers,
      requestFields: head?.fields ?? request.rawHeaders,
      responseFields: response instanceof MeasuredResponse ? response.sentFields : [],
      record,
    })
  }
}

/** For bytes that never became a request: only who sent them and what was answered is known. */
export function refusedLine(log: AccessLog, { clientIp, clientPort, secure }: Connection, status: number): void {
  log.count += 1
  log.write({
    entrypoint: log.entrypoint,
    count: log.count,
    startUtc: new Date(),
    durationMs: 0,
    serviceMs: undefined,
    status,
    bytes: 0,
    requestBytes: 0,
    responseBytes: 0,
    clientIp,
    clientPort,
    method: '-',
    path: '-',
    protocol: '-',
    secure,
    headers: {},
    requestFields: [],
    responseFields: [],
    record: newRecord(undefined),
  })
}

/** Traefik's addInternals: what asks for Muster's own pages and probes is left out of logs and metrics by default. */
export function isInternal({ record: { service } }: AccessLine): boolean {
  return service?.endsWith('@internal') === true
}
