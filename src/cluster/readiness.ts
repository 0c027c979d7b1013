// A started container is not a listening one: before a member without a HEALTHCHECK takes requests, its port must accept.
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Between attempts; the first seconds decide how fast a scale-up is felt, later ones only cost. */
const fastRetryMs = 25
const fastRetriesMax = 400
const slowRetryMs = 1000
/** On a bridge network an answer takes well under a millisecond; a vanished address takes 3 s to be refused. */
const connectTimeoutMs = 500

/** Resolves true once `host:port` accepts a TCP connection; false when `signal` ends the wait. */
export async function portAccepts(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    if (await connects(host, port, signal)) return true
    const waitMs = attempt < fastRetriesMax ? fastRetryMs : slowRetryMs
    await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
  return false
}

function connects(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, signal })
  socket.setTimeout(connectTimeoutMs, () => socket.destroy())
  socket.once('connect', () => {
    resolve(true)
    socket.destroy()
  })
  socket.once('error', () => socket.destroy())
  socket.once('close', () => resolve(false))
  return promise
}
