// The end of a connection whose other side is gone without having said so: a process that dies closes what it had open, but
// an address that is taken away leaves only silence. What arrived before that is still the client's.
import type { Socket } from 'node:net'

/** Silence that proves there is no more to come: what was sent before is in this machine's memory already. */
const silenceMs = 100

/** Destroys it as soon as it is silent. A slow client is given the time it takes. */
export function sever(socket: Socket): void {
  let { bytesRead } = socket
  const timer = setInterval(() => {
    if (!socket.isPaused() && socket.bytesRead === bytesRead) socket.destroy()
    bytesRead = socket.bytesRead
  }, silenceMs)
  timer.unref()
  socket.once('close', () => clearInterval(timer))
}
