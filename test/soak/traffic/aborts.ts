// Clients that leave at any byte: before their head is complete, in their upload, in their answer, by a reset, by an end,
// or by closing only their own side, after which they still read.
import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'
import type { Outcome } from './outcome.ts'
import { RawClient, headOf } from './raw-client.ts'
import type { RawWish } from './raw-client.ts'
import type { Field } from './traffic.ts'

/** How long Muster may take to give up a client that will send no more. */
const ceilingMs = 15_000

type Leave = (client: RawClient, dice: Dice) => Promise<Outcome>

interface Manner {
  readonly traffic: string
  readonly method: RawWish['method']
  readonly expected: readonly string[]
  readonly leave: Leave
}

const left: Outcome = { name: 'left', detail: '' }
/** Before what it sent could be answered: nothing, or that it is not a request. */
const refused = ['cut', '400']

const manners: readonly Manner[] = [
  { traffic: 'abort in the head', method: 'GET', expected: ['left'], leave: abortAt(inHead) },
  { traffic: 'abort in the upload', method: 'POST', expected: ['left'], leave: abortAt(inBody) },
  { traffic: 'abort in the answer', method: 'GET', expected: ['left'], leave: abortInAnswer },
  {
    traffic: 'abort while the member thinks',
    method: 'GET',
    expected: ['left'],
    leave: abortAt((text) => text.length),
  },
  {
    traffic: 'half-close in the head',
    method: 'GET',
    expected: refused,
    leave: halfCloseAt(inHead),
  },
  {
    traffic: 'half-close in the upload',
    method: 'POST',
    expected: refused,
    leave: halfCloseAt(inBody),
  },
  {
    traffic: 'half-close after the request',
    method: 'GET',
    expected: ['200'],
    leave: halfCloseAt((text) => text.length),
  },
  {
    traffic: 'half-close after the upload',
    method: 'POST',
    expected: ['200'],
    leave: halfCloseAt((text) => text.length),
  },
]

export function addAborts({ port, books, lanes }: Field): void {
  const service = 'steady'
  lanes.add('aborts', { lanes: 8, pauseMs: [10, 60] }, async (dice) => {
    const { traffic, method, expected, leave } = dice.pick(manners)
    const up = method === 'POST' ? dice.size(100, 300_000) : 0
    const waitMs = dice.whole(0, 40)
    await using client = new RawClient(port, books.newId(), {
      method,
      up,
      down: dice.size(100, 1_000_000),
      waitMs,
    })
    const { id, startedAt } = client
    books.settle({ traffic, service, method, id, startedAt }, await leave(client, dice), expected)
  })
  lanes.add('pipelined', { lanes: 2, pauseMs: [50, 200] }, async (dice) => {
    const ahead = Array.from({ length: dice.whole(1, 4) }, () => ({
      id: books.newId(),
      down: dice.size(100, 100_000),
    }))
    await using client = new RawClient(port, books.newId(), {
      method: 'GET',
      up: 0,
      down: dice.size(100, 100_000),
    })
    const { id, startedAt } = client
    client.send(ahead.map(headOf).join('') + client.text)
    const outcome = await client.outcome(ceilingMs, ahead)
    books.settle({ traffic: 'pipelined', service, method: 'GET', id, startedAt }, outcome, ['200'])
  })
}

function inHead(text: string, dice: Dice): number {
  return dice.whole(0, text.indexOf('\r\n\r\n') + 3)
}

/** At least a byte of the body is missing. */
function inBody(text: string, dice: Dice): number {
  return dice.whole(text.indexOf('\r\n\r\n') + 4, text.length - 1)
}

function abortAt(place: (text: string, dice: Dice) => number): Leave {
  return async (client, dice) => {
    client.send(client.text.slice(0, place(client.text, dice)))
    await delay(dice.whole(0, 20))
    leave(client, dice)
    return left
  }
}

async function abortInAnswer(client: RawClient, dice: Dice): Promise<Outcome> {
  client.send(client.text)
  await client.until(dice.size(1, 1_000_000))
  leave(client, dice)
  return left
}

function halfCloseAt(place: (text: string, dice: Dice) => number): Leave {
  return (client, dice) => {
    client.send(client.text.slice(0, place(client.text, dice)))
    client.socket.end()
    return client.outcome(ceilingMs)
  }
}

function leave({ socket }: RawClient, dice: Dice): void {
  if (dice.chance(0.5)) socket.resetAndDestroy()
  else socket.destroy()
}
