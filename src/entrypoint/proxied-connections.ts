// Connections of an entrypoint with the PROXY protocol: node:http gets each once its header has been read. An entrypoint
// without it knows nothing of this.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { canonicalIp } from './forwarded-headers.ts'
import { readProxyHeader } from './proxy-header.ts'
import type { Source } from './proxy-header.ts'

export interface ProxyProtocolRules {
  /** Whose headers are believed. Anybody else's is taken off and forgotten, as in Traefik. */
  readonly trusts: (address: string) => boolean
  readonly timeoutMs: number
}

/** Those whose header is still to come. */
export interface ProxiedConnections {
  /** What its header said; undefined where there was none. */
  sourceOf(socket: Socket): Source | undefined
  /** No request of theirs is known: closing them loses nobody's. */
  destroyAll(): void
}

/**
 * Puts itself before all listeners for connections that the server has by now. A connection without a header is served as
 * it is, as in Traefik; one with a malformed header, or none that ends in time, is closed.
 */
export function readProxyHeaders(server: Server, rules: ProxyProtocolRules): ProxiedConnections {
  const listeners = server.listeners('connection')
  const waiting = new Set<Socket>()
  const sources = new WeakMap<Socket, Source>()
  const accept = (socket: Socket): void => {
    for (const listener of listeners) Reflect.apply(listener, server, [socket])
  }
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const trusted = rules.trusts(canonicalIp(socket.remoteAddress ?? ''))
    waiting.add(socket)
    awaitHeader(socket, rules.timeoutMs, (source) => {
      waiting.delete(socket)
      if (trusted && source !== undefined) sources.set(socket, source)
      if (!socket.destroyed) accept(socket)
    })
  })
  return {
    sourceOf: (socket) => sources.get(socket),
    destroyAll() {
      for (const socket of waiting) socket.destroy()
    },
  }
}

/** Calls back once: with what the header said, or when the socket was destroyed instead. */
function awaitHeader(socket: Socket, timeoutMs: number, done: (source: Source | undefined) => void): void {
  let received: Buffer = Buffer.alloc(0)
  const destroy = (): void => void socket.destroy()
  const timer = timeoutMs === 0 ? undefined : setTimeout(destroy, timeoutMs)
  const settle = (source?: Source): void => {
    clearTimeout(timer)
    for (const [event, listener] of Object.entries(listeners)) socket.removeListener(event, listener)
    done(source)
  }
  const onData = (piece: Buffer): void => {
    received = received.length === 0 ? piece : Buffer.concat([received, piece])
    const header = readProxyHeader(received)
    if (header.kind === 'incomplete') return
    if (header.kind === 'malformed') return destroy()
    // Without its listener the stream keeps what it is given back until the next one comes, which is node:http's.
    socket.removeListener('data', onData)
    const rest = header.kind === 'header' ? received.subarray(header.bytes) : received
    if (rest.length > 0) socket.unshift(rest)
    settle(header.kind === 'header' ? header.source : undefined)
  }
  const listeners = { data: onData, end: destroy, error: destroy, close: () => settle() }
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener)
}
