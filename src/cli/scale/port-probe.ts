// Whether a port of a replica accepts, asked from here.
import { connect } from 'node:net'
import type { ReplicaVitals } from '../../provider/docker/replicas/vitals.ts'

/** `unreachable`: its network does not lead here, or not yet. */
export type Reached = 'accepts' | 'refuses' | 'unreachable'

const connectMs = 400
/** An image may expose a range. */
const probesMax = 16

export async function probePorts({ addresses, ports }: ReplicaVitals): Promise<Reached> {
  const places = addresses.flatMap((host) => ports.map((port) => ({ host, port }))).slice(0, probesMax)
  const found = await Promise.all(places.map(probe))
  if (found.includes('accepts')) return 'accepts'
  return found.includes('refuses') ? 'refuses' : 'unreachable'
}

function probe({ host, port }: { readonly host: string; readonly port: number }): Promise<Reached> {
  const { promise, resolve } = Promise.withResolvers<Reached>()
  const socket = connect({ host, port })
  const timer = setTimeout(() => resolve('unreachable'), connectMs)
  socket.once('connect', () => resolve('accepts'))
  socket.once('error', ({ code }: NodeJS.ErrnoException) =>
    resolve(code === 'ECONNREFUSED' || code === 'ECONNRESET' ? 'refuses' : 'unreachable'),
  )
  return promise.finally(() => {
    clearTimeout(timer)
    socket.destroy()
  })
}
