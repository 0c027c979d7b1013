// From node:http's events to exchanges: each request becomes one, or is refused before it.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpExchange, UpgradeExchange } from '../exchange/exchange.ts'
import type { EntrypointLimits } from '../settings/limits.ts'
import type { EntryPointSettings } from '../settings/settings.ts'
import { newRecord, refusedLine, startLine } from './access-log.ts'
import type { AccessLog, AccessLogOptions, LoggedRequest } from './access-log.ts'
import { onClientError } from './client-error.ts'
import type { Connection, Connections } from './connections.ts'
import { compileHeadRules } from './head-rules.ts'
import type { HeadRules } from './head-rules.ts'
import type { MemoryPressure } from './memory-pressure.ts'
import { overloaded, refuse, refuseSocket, stopping } from './refuse.ts'
import { readHead, refusal } from './request-head.ts'
import { serve } from './serve.ts'
import type { ServeOptions } from './serve.ts'

export interface ArrivalOptions extends ServeOptions {
  readonly name: string
  readonly limits: EntrypointLimits
  readonly forwardedHeaders: EntryPointSettings['forwardedHeaders']
  readonly paths: EntryPointSettings['paths']
  /** Undefined: nobody wants to know, and nothing is measured. */
  readonly accessLog?: AccessLogOptions | undefined
}

/** What every arrival on one entrypoint needs. */
interface Reception {
  readonly connections: Connections
  readonly options: ArrivalOptions
  readonly rules: HeadRules
  readonly log: AccessLog | undefined
  /** Undefined: there is no limit to the memory. */
  readonly pressure: MemoryPressure | undefined
}

/** Requests one connection may have waiting for the answer to an earlier one. */
const pipelinedMax = 256

const noConnect = refusal(501, 'CONNECT is not for a reverse proxy')

export function receive(
  server: Server,
  connections: Connections,
  options: ArrivalOptions,
  pressure: MemoryPressure | undefined,
): void {
  const { name, accessLog, limits } = options
  const reception: Reception = {
    connections,
    options,
    pressure,
    rules: compileHeadRules(options, limits.maxHeaderFields),
    log: accessLog === undefined ? undefined : { ...accessLog, entrypoint: name, count: 0 },
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    receiveRequest(reception, request, response)
  server.on('connection', (socket) => connections.add(socket))
  server.on('request', onRequest)
  // Both would otherwise be answered by node:http itself, before the head was judged.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('upgrade', (request, socket, head: Buffer) => receiveUpgrade(reception, request, socket, head))
  server.on('connect', (request, socket) => refuseConnect(reception, request, socket))
  server.on('clientError', (error, socket) => receiveNothing(reception, error, socket))
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
  const { connections, rules, log, pressure } = reception
  const connection = connections.of(request.socket)
  // Nobody is left to read an answer, or an earlier one ends the connection: serving this would be work unseen.
  if (connection === undefined || connection.final) return
  // node:http drops what follows a declined upgrade in the same packet, so request boundaries are lost behind it.
  if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false
  const before = connection.response
  connections.begin(connection, response)

  const arrival = pressure?.high === true ? overloaded : readHead(request, connection, rules, false)
  const record = newRecord(log)
  if (log !== undefined) logResponse(log, { request, response, connection, arrival, record })
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
    keptBody: undefined,
    responseFields,
    responseEdits: undefined,
    cookieScope: undefined,
    record,
  }
  if (before === undefined) return start(reception, connection, exchange, expectsContinue)
  // One at a time: what is pipelined may build on the request before it (RFC 9112 section 9.3.2), and one connection
  // must not take as many connections to members as it has bytes for requests.
  connection.waiting++
  if (connection.waiting > pipelinedMax) {
    request.socket.destroy()
    return
  }
  before.once('close', () => {
    connection.waiting--
    if (connections.of(request.socket) !== undefined && connection.broken !== response)
      start(reception, connection, exchange, expectsContinue)
  })
}

function start(
  { options, connections }: Reception,
  connection: Connection,
  exchange: HttpExchange,
  expectsContinue: boolean,
): void {
  const { request, response, framing } = exchange
  connection.answering = response
  if (expectsContinue) response.writeContinue()
  if (framing.kind !== 'none') connections.expectBody(connection, request)
  // It never rejects.
  void serve(exchange, options)
}

function receiveUpgrade(reception: Reception, request: IncomingMessage, socket: Duplex, upgradeHead: Buffer): void {
  const { connections, options, rules, log, pressure } = reception
  const connection = connections.of(socket)
  if (connection === undefined || connection.final) {
    socket.destroy()
    return
  }
  connection.upgraded = true
  const refused = connections.closing ? stopping : pressure?.high === true ? overloaded : undefined
  const arrival = refused ?? readHead(request, connection, rules, true)
  const record = newRecord(log)
  const line = log && startLine(log, { request, response: undefined, connection, arrival, record })
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
    keptBody: undefined,
    responseFields,
    responseEdits: undefined,
    cookieScope: undefined,
    record,
  }
  void serve(exchange, options).then((failure) => line?.(failure?.status ?? record.status))
}

function refuseConnect({ connections, log }: Reception, request: IncomingMessage, socket: Duplex): void {
  const connection = connections.of(socket)
  // Behind an answer under way these bytes would be read as part of it.
  if (connection === undefined || connection.response !== undefined) {
    socket.destroy()
    return
  }
  refuseSocket(socket, noConnect)
  if (log === undefined) return
  const logged = { request, response: undefined, connection, arrival: noConnect, record: newRecord(log) }
  startLine(log, logged)(noConnect.status)
}

/** What never became a request. A connection that was opened ahead of need and not used is not one that failed. */
function receiveNothing({ connections, log }: Reception, error: NodeJS.ErrnoException, socket: Duplex): void {
  const connection = connections.of(socket)
  const status = onClientError(error, socket, connection)
  if (log === undefined || connection === undefined || status === undefined || connection.socket.bytesRead === 0) return
  refusedLine(log, connection, status)
}

function logResponse(log: AccessLog, logged: LoggedRequest & { readonly response: ServerResponse }): void {
  const { response, connection } = logged
  const line = startLine(log, logged)
  // Traefik's 499: the client left before there was an answer.
  response.on('close', () => line(response.headersSent ? response.statusCode : (connection.told ?? 499)))
}
