// A member in this process that answers with whatever case the path names, byte for byte.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { corpus } from './corpus.ts'
import type { Address } from './member-process.ts'

export interface Misbehaving extends AsyncDisposable {
  readonly address: Address
  /** How many connections to it are open. */
  readonly connections: number
}

export async function startMisbehaving(address: Address): Promise<Misbehaving> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    serve(socket)
  })
  server.listen({ ...address })
  await once(server, 'listening')
  return {
    address,
    get connections() {
      return open.size
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** Plays one case per request, as soon as it has the head; bodies with a Content-Length are skipped. */
function serve(socket: Socket): void {
  let received = ''
  let skip = 0
  socket.on('error', () => undefined)
  socket.on('end', () => socket.end())
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    for (;;) {
      const skipped = Math.min(skip, received.length)
      received = received.slice(skipped)
      skip -= skipped
      const end = received.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = received.slice(0, end + 2)
      received = received.slice(end + 4)
      skip = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0)
      const [, name = '', at = '0'] = /^\w+ \/([\w-]+)(?:\?at=([\d.]+))? /.exec(head) ?? []
      const [, id = ''] = /\r\nx-soak-id: (\S+)\r\n/i.exec(head) ?? []
      corpus[name]?.play(socket, id, Number(at))
    }
  })
}
