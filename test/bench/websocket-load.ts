// WebSocket messages through a proxy: 32 connections, each sends the next message when the last one is back. The frames
// are made by hand, so that this side costs little.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connections, quantile } from './load.ts'
import type { Load } from './load.ts'

const payloadBytes = 100
/** RFC 6455 section 5.2: FIN and text, masked, 100 bytes, and a mask of zeros that leaves the payload as it is. */
const frame = Buffer.concat([Buffer.from([0x81, 0x80 + payloadBytes, 0, 0, 0, 0]), Buffer.alloc(payloadBytes, 'x')])
/** What comes back is not masked. */
const echoBytes = 2 + payloadBytes

export async function runWebSockets(port: number, seconds: number): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openWebSocket(port)))
  const times: number[] = []
  let errors = 0
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(
    sockets.map(async (socket) => {
      await exchangeMessages(socket, end, times).catch(() => errors++)
      socket.destroy()
    }),
  )
  const elapsed = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const latency = { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }
  return { requests: times.length, seconds: elapsed, errors, ...latency }
}

/** A connection after its handshake; rejects when the answer is not 101. */
export async function openWebSocket(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.write(
    [
      'GET / HTTP/1.1',
      'Host: bench.example.com',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16, 'x').toString('base64')}`,
      '\r\n',
    ].join('\r\n'),
  )
  let head = ''
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(5000) })) as [Buffer]
    head += chunk.toString('latin1')
  }
  if (head.startsWith('HTTP/1.1 101 ')) return socket
  socket.destroy()
  throw new Error(`the handshake was answered with ${head.split('\r\n')[0]}`)
}

function exchangeMessages(socket: Socket, end: number, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = performance.now()
    let missing = echoBytes
    socket.on('data', (chunk) => {
      missing -= chunk.length
      if (missing > 0) return
      const now = performance.now()
      times.push(now - sentAt)
      if (now >= end) return resolve()
      sentAt = now
      missing = echoBytes
      socket.write(frame)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.write(frame)
  })
}
