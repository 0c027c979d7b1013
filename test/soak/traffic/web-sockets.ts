// WebSockets that are opened, used and left in every way: by either side, in good order or by a reset, and before they open.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Books } from '../books.ts'
import type { Dice } from '../dice.ts'
import { bodyOf } from '../noise.ts'
import { cut, timeout, wrong } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { RawClient } from './raw-client.ts'
import type { Field } from './traffic.ts'

/** The close codes of RFC 6455: 1000 as we say, 4001 as the member says, 1006 for a connection that was cut. */
const endings: Readonly<Record<string, string>> = {
  'client closes': '1000',
  'member closes': '4001',
  'client resets': '1006',
  'member resets': '1006',
}
const ceilingMs = 20_000
const service = 'steady'
const method = 'GET'

export function addWebSockets({ port, books, lanes }: Field): void {
  lanes.add('WebSockets', { lanes: 6, pauseMs: [20, 100] }, async (dice) => {
    const [ending, code] = dice.pick(Object.entries(endings))
    const id = books.newId()
    const startedAt = performance.now()
    const outcome = await converse(port, id, ending, dice)
    books.settle({ traffic: `WebSocket, ${ending}`, service, method, id, startedAt }, outcome, [code])
  })
  lanes.add('WebSockets refused', { lanes: 1, pauseMs: [100, 300] }, (dice) => refused(port, books, dice))
}

/** Opens one, has messages sent back, and leaves; the outcome is the close code. */
async function converse(port: number, id: string, ending: string, dice: Dice): Promise<Outcome> {
  const socket = open(port, id, '/')
  let failure = ''
  socket.on('error', (error) => (failure = error.message))
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  const upgraded = new Promise<IncomingMessage | undefined>((resolve) => {
    socket.once('upgrade', resolve)
    socket.once('close', () => resolve(undefined))
  })
  const timer = setTimeout(() => socket.terminate(), ceilingMs)
  try {
    const answer = await upgraded
    if (answer === undefined) return cut(failure)
    if (answer.headers['x-soak-id'] !== id) return wrong(`the answer to ${String(answer.headers['x-soak-id'])}`)
    if (socket.readyState !== WebSocket.OPEN) await Promise.race([once(socket, 'open'), closed])
    for (let i = dice.whole(0, 8); i > 0; i--) {
      const message = bodyOf(`${id}.${i}`, dice.size(1, 100_000))
      const back = await echoOf(socket, message)
      if (back === undefined) return cut('in the middle of a message')
      if (!back.equals(message)) return wrong('another message than the one sent')
    }
    if (ending === 'client closes') socket.close(1000)
    else if (ending === 'client resets') answer.socket.resetAndDestroy()
    else socket.send(ending === 'member closes' ? 'close' : 'reset')
    const code = await Promise.race([closed, delay(ceilingMs, undefined, { ref: false })])
    if (code === undefined) return timeout
    return code === 1006 && endings[ending] !== '1006'
      ? cut('without a close frame')
      : { name: String(code), detail: failure }
  } finally {
    clearTimeout(timer)
    socket.terminate()
  }
}

/** Undefined: the connection ended first. */
async function echoOf(socket: WebSocket, message: Buffer): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const onMessage = (data: Buffer): void => resolve(data)
  const onClose = (): void => resolve(undefined)
  socket.on('message', onMessage).on('close', onClose)
  socket.send(message)
  const back = await promise
  socket.off('message', onMessage).off('close', onClose)
  return back
}

/** A member that does not want to, and clients that leave before it has said so. */
async function refused(port: number, books: Books, dice: Dice): Promise<void> {
  if (dice.chance(0.5)) return leaveBeforeTheAnswer(port, books, dice)
  const id = books.newId()
  const startedAt = performance.now()
  const socket = open(port, id, '/refuse')
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  socket.on('error', (error) => resolve(cut(error.message)))
  socket.on('unexpected-response', (request, response: IncomingMessage) => {
    const echoed = response.headers['x-soak-id']
    resolve(
      echoed === id ? { name: String(response.statusCode), detail: '' } : wrong(`the answer to ${String(echoed)}`),
    )
    request.destroy()
  })
  books.settle({ traffic: 'WebSocket, refused', service, method, id, startedAt }, await promise, ['403'])
  socket.terminate()
}

async function leaveBeforeTheAnswer(port: number, books: Books, dice: Dice): Promise<void> {
  await using client = new RawClient(port, books.newId(), { method, up: 0, down: 0 })
  const fields =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c29hayBzb2FrIHNvYWs=\r\n'
  client.send(client.text.replace('Connection: close\r\n', fields))
  await delay(dice.whole(0, 4))
  if (dice.chance(0.5)) client.socket.resetAndDestroy()
  books.count('WebSocket, left before it opened', 'left')
}

function open(port: number, id: string, path: string): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: { host: `${service}.soak`, 'x-soak-id': id },
    perMessageDeflate: false,
    handshakeTimeout: ceilingMs,
  })
}
