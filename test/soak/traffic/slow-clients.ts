// Clients that are slow, which is allowed, and clients that use it to hold a connection, which is not: those are answered
// 408, or cut when they have an answer already. Muster runs with short limits here, so that both come to pass in a minute.
import type { Dice } from '../dice.ts'
import { ask } from './ask.ts'
import type { Request } from './ask.ts'
import { RawClient } from './raw-client.ts'
import type { Field } from './traffic.ts'
import { framing, pathOf } from './whole-requests.ts'

/** Muster's flags for what follows. */
export const slowClientFlags = [
  '--limits.headertimeout=3s',
  '--limits.bodygrace=3s',
  '--limits.sendtimeout=3s',
] as const

/** Longer than any of those limits takes to strike. */
const ceilingMs = 20_000
const stallMs = 6000
/** More than the kernel takes off Muster's hands for a client that does not read. */
const hugeBytes = 24 * 1024 * 1024

type Manner = Pick<Request, 'method' | 'upload' | 'download' | 'reading'> & {
  readonly expected: readonly string[]
}

const manners: Readonly<Record<string, (dice: Dice) => Manner>> = {
  'slow writer': (dice) => ({
    method: 'POST',
    upload: {
      bytes: dice.size(5000, 40_000),
      framing: framing(dice),
      slowly: { pieceBytes: 2000, pauseMs: dice.whole(20, 100) },
    },
    download: dice.size(100, 10_000),
    expected: ['200'],
  }),
  'slow reader': (dice) => ({
    method: 'GET',
    upload: undefined,
    download: dice.size(300_000, 3_000_000),
    reading: { pauseMs: dice.whole(5, 20), stallMs: 0 },
    expected: ['200'],
  }),
  'starving writer': (dice) => ({
    method: 'POST',
    upload: {
      bytes: 100_000,
      framing: framing(dice),
      slowly: { pieceBytes: 100, pauseMs: 1 },
      stallsAfter: 200,
    },
    download: 100,
    expected: ['408'],
  }),
  'stalled reader': () => ({
    method: 'GET',
    upload: undefined,
    download: hugeBytes,
    reading: { pauseMs: 0, stallMs },
    expected: ['cut'],
  }),
}

export function addSlowClients(field: Field): void {
  const { port, books, lanes } = field
  const service = 'steady'
  for (const [traffic, mannerOf] of Object.entries(manners)) {
    lanes.add(traffic, { lanes: 2, pauseMs: [100, 1000] }, async (dice) => {
      const { expected, ...manner } = mannerOf(dice)
      const id = books.newId()
      const path = pathOf({
        up: manner.upload?.bytes,
        down: manner.download,
        framing: framing(dice),
      })
      const startedAt = performance.now()
      const outcome = await ask({
        port,
        service,
        path,
        id,
        agent: false,
        timeoutMs: ceilingMs,
        ...manner,
      })
      books.settle({ traffic, service, method: manner.method, id, startedAt }, outcome, expected)
    })
  }
  lanes.add('slow head', { lanes: 2, pauseMs: [100, 1000] }, (dice) => slowHead(field, dice))
}

/** A head in drops; half of them run dry before its end. */
async function slowHead({ port, books }: Field, dice: Dice): Promise<void> {
  const dry = dice.chance(0.5)
  const traffic = dry ? 'head that runs dry' : 'slow head'
  await using client = new RawClient(port, books.newId(), { method: 'GET', up: 0, down: 500 })
  const { id, text, startedAt } = client
  const asked = { traffic, service: 'steady', method: 'GET', id, startedAt }
  await client.sendSlowly(dry ? text.slice(0, -2) : text, dice.whole(10, 150))
  books.settle(asked, await client.outcome(ceilingMs), dry ? ['408'] : ['200'])
}
