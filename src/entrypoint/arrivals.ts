// From node:http's events to exchanges: each request becomes one, or is refused before it.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ExchangeRecord, HttpExchange, UpgradeExchange } from '../exchange/exchange.ts'
import { startLine } from './access-log.ts'
import type { AccessLine, AccessLog, LoggedRequest } from './access-log.ts'
import { onClientError } from './client-error.ts'
import type { Connection, Connections } from './connections.ts'
import { refuse, refuseSocket } from './refuse.ts'
import { readHead, refusal } from './request-head.ts'
import type { Arrival, HeadRules, Refusal } from './request-head.ts'
import { serve } from './serve.ts'
import type { ServeOptions } from './serve.ts'

export interface ArrivalOptions extends ServeOptions {
  readonly name: string
  /** Path escapes to answer 400 (`%2F`, `%5C`, `%00`); Traefik's encodedCharacters, by default none. */
  readonly refusedEscapes?: ReadonlySet<string> | undefined
  /** Undefined: no access log, and nothing is measured for it. */
  readonly accessLog?: ((line: AccessLine) => void) | undefined
}

export interface ArrivalLimits {
  readonly maxHeaderFields: number
  readonly readTimeoutMs: number
}

/** What every arrival on one entrypoint needs. */
interface Reception {
  readonly readTimeoutMs: number
  readonly connections: Connections
  readonly options: ArrivalOptions
  readonly rules: HeadRules
  readonly log: AccessLog | undefined
}

/** Requests one connection may have waiting for the answer to an earlier one. */
const pipelinedMax = 256

const noConnect = refusal(501, 'CONNECT is not for a reverse proxy')
const stopping = refusal(503, 'no new tunnels while stopping')

export function receive(
  server: Server,
  connections: Connections,
  options: ArrivalOptions,
  { maxHeaderFields, readTimeoutMs }: ArrivalLimits,
): void {
  const { name, accessLog, refusedEscapes } = options
  const reception: Reception = {
    readTimeoutMs,
    connections,
    options,
    rules: { maxHeaderFields, refusedEscapes },
    log: accessLog === undefined ? undefined : { entrypoint: name, write: accessLog, count: 0 },
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    receiveRequest(reception, request, response)
  server.on('connection', (socket) => connections.add(socket))
  server.on('request', onRequest)
  // Both would otherwise be answered by node:http itself, before the head was judged.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('upgrade', (request, socket, head: Buffer) => receiveUpgrade(reception, request, socket, head))
  server.on('connect', (_request, socket) => refuseConnect(socket, connections.of(socket)))
  server.on('clientError', (error, socket) => onClientError(error, socket, connections.of(socket)))
}

/**
 * Whether to hand the socket over. Any other token (h2c above all, which would tunnel past every rule) makes an ordinary
 * request. So does one with a body, whose bytes would enter the tunnel, and one pipelined behind an answer under way.
 */
export function isWebSocket(request: IncomingMessage, connection: Connection | undefined): boolean {
  const { headers, method, httpVersion } = request
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0' &&
    connection !== undefined &&
    connection.response === undefined
  )
}

function receiveRequest(reception: Reception, request: IncomingMessage, response: ServerResponse): void {
  const { connections, rules, log } = reception
  const connection = connections.of(request.socket)
  // Nobody is left to read an answer, or an earlier one ends the connection: serving this would be work unseen.
  if (connection === undefined || connection.final) return
  // node:http drops what follows a declined upgrade in the same packet, so request boundaries are lost behind it.
  if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false
  const before = connection.response
  connections.begin(connection, response)

  const arrival = readHead(request, connection, rules, false)
  const record = newRecord()
  if (log !== undefined) {
    logResponse(log, response, { request, clientIp: connection.clientIp, head: headOf(arrival), record })
  }
  if (arrival.kind === 'refusal') {
    connection.final = true
    refuse(response, arrival)
    return
  }
  const { head, hostField, fields, framing, expectsContinue } = arrival
  const { path } = head
  const responseFields: string[] = []
  const exchange: HttpExchange = {
    kind: 'http',
    head,
    request,
    response,
    hostField,
    path,
    fields,
    framing,
    responseFields,
    record,
  }
  if (before === undefined) return start(reception, exchange, expectsContinue)
  // One at a time: what is pipelined may build on the request before it (RFC 9112 section 9.3.2), and one connection
  // must not take as many connections to members as it has bytes for requests.
  connection.waiting++
  if (connection.waiting > pipelinedMax) {
    request.socket.destroy()
    return
  }
  before.once('close', () => {
    connection.waiting--
    if (connections.of(request.socket) !== undefined) start(reception, exchange, expectsContinue)
  })
}

function start({ options, readTimeoutMs }: Reception, exchange: HttpExchange, expectsContinue: boolean): void {
  const { request, response, framing } = exchange
  if (expectsContinue) response.writeContinue()
  if (framing.kind !== 'none') limitPauses(request, response, readTimeoutMs)
  // It never rejects.
  void serve(exchange, options)
}

/** A sender that stops in the middle of a body must not hold its member for ever. A long answer is not its doing. */
function limitPauses(request: IncomingMessage, response: ServerResponse, readTimeoutMs: number): void {
  // On the response: once the request is complete, node:http asks only that one before it destroys the socket.
  response.setTimeout(readTimeoutMs, () => {
    if (!request.complete) request.socket.destroy()
  })
}

function receiveUpgrade(reception: Reception, request: IncomingMessage, socket: Duplex, upgradeHead: Buffer): void {
  const { connections, options, rules, log } = reception
  const connection = connections.of(socket)
  if (connection === undefined || connection.final) {
    socket.destroy()
    return
  }
  connection.upgraded = true
  const arrival = connections.closing ? stopping : readHead(request, connection, rules, true)
  const record = newRecord()
  const line =
    log === undefined
      ? undefined
      : startLine(log, { request, clientIp: connection.clientIp, head: headOf(arrival), record })
  if (arrival.kind === 'refusal') {
    refuseSocket(socket, arrival)
    line?.(arrival.status)
    return
  }
  const { head, hostField, fields, framing } = arrival
  const { path } = head
  const responseFields: string[] = []
  const exchange: UpgradeExchange = {
    kind: 'upgrade',
    head,
    request,
    socket,
    upgradeHead,
    hostField,
    path,
    fields,
    framing,
    responseFields,
    record,
  }
  void serve(exchange, options).then((failure) => line?.(failure?.status ?? record.status))
}

function refuseConnect(socket: Duplex, connection: Connection | undefined): void {
  // Behind an answer under way these bytes would be read as part of it.
  if (connection === undefined || connection.response !== undefined) socket.destroy()
  else refuseSocket(socket, noConnect)
}

function logResponse(log: AccessLog, response: ServerResponse, logged: LoggedRequest): void {
  const line = startLine(log, logged)
  // Traefik's 499: the client left before there was an answer.
  response.on('close', () => line(response.headersSent ? response.statusCode : 499))
}

function headOf(arrival: Arrival | Refusal): Arrival['head'] | undefined {
  return arrival.kind === 'arrival' ? arrival.head : undefined
}

function newRecord(): ExchangeRecord {
  return { router: undefined, service: undefined, member: undefined, attempts: 0, status: undefined }
}
