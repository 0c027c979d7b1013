// The WebSocket of `muster whoami`: every message comes back. Written out by hand (RFC 6455), since ws is for tests only.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

const handshakeGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const opcode = { close: 8, ping: 9, pong: 10 } as const

interface Frame {
  /** The first byte as sent: FIN and opcode. An echo repeats it, so fragments stay fragments. */
  readonly first: number
  readonly payload: Buffer
  /** Bytes it took. */
  readonly size: number
}

/** Accepts the upgrade, then echoes until the client closes. Anything malformed or too large ends the connection. */
export function answerWebSocket(request: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.on('error', () => socket.destroy())
  const key = request.headers['sec-websocket-key']
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  const accept = createHash('sha1')
    .update(key + handshakeGuid)
    .digest('base64')
  const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`)
  let pending = head
  const take = (): void => {
    for (let frame = readFrame(pending); frame !== 'incomplete'; frame = readFrame(pending)) {
      if (frame === 'malformed') {
        socket.destroy()
        return
      }
      pending = pending.subarray(frame.size)
      reply(socket, frame)
    }
  }
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes])
    take()
  })
  socket.on('end', () => socket.end())
  take()
}

function reply(socket: Socket, { first, payload }: Frame): void {
  const kind = first & 0x0f
  if (kind === opcode.pong || socket.writableEnded) return
  socket.write(writeFrame(kind === opcode.ping ? 0x80 | opcode.pong : first, payload))
  if (kind === opcode.close) socket.end()
}

/** A client's frame: always masked, no extension bits, at most 64 KiB: a longer one has another form of length. */
function readFrame(bytes: Buffer): Frame | 'incomplete' | 'malformed' {
  if (bytes.length < 2) return 'incomplete'
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  const short = second & 0x7f
  if ((first & 0x70) !== 0 || (second & 0x80) === 0 || short === 127) return 'malformed'
  const maskAt = short === 126 ? 4 : 2
  if (bytes.length < maskAt + 4) return 'incomplete'
  const length = short === 126 ? bytes.readUInt16BE(2) : short
  const size = maskAt + 4 + length
  if (bytes.length < size) return 'incomplete'
  const mask = bytes.subarray(maskAt, maskAt + 4)
  const payload = Buffer.from(bytes.subarray(maskAt + 4, size))
  for (let i = 0; i < length; i++) payload.writeUInt8(payload.readUInt8(i) ^ mask.readUInt8(i % 4), i)
  return { first, payload, size }
}

function writeFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = length < 126 ? [first, length] : [first, 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), payload])
}
