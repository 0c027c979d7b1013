// An honest member as a process of its own, which can be killed, stopped and started again:
// `honest-main.ts HOST PORT NOTES [forgetsAfterMs]`. Tells its parent once it listens.
import { openSync, writeSync } from 'node:fs'
import { honestServer } from './honest.ts'

const [host = '127.0.0.1', port = '0', notes = '', forgetsAfterMs] = process.argv.slice(2)
const file = openSync(notes, 'a')
const server = honestServer({
  // Synchronous: it is with the kernel, and survives a kill in the next instant.
  notePost: (id) => writeSync(file, `${id}\n`),
  forgetsAfterMs: forgetsAfterMs === undefined ? undefined : Number(forgetsAfterMs),
})
process.on('disconnect', () => process.exit())
// All members stop when the soak does; Ctrl-C reaches them as well, and must not be a death to be accounted for.
process.on('SIGINT', () => undefined)
server.listen({ host, port: Number(port) }, () => process.send?.('listening'))
