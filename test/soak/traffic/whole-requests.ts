// Requests of every method, size and framing that must be answered whole and right, over kept connections and new ones.
import type { Agent } from 'node:http'
import type { Dice } from '../dice.ts'
import { ask } from './ask.ts'
import type { Upload } from './ask.ts'
import type { Field } from './traffic.ts'

interface Kind {
  readonly traffic: string
  readonly service: string
  readonly methods: readonly string[]
  readonly keepsAlive: boolean
  readonly bytesMax: number
  readonly timeoutMs: number
  /** The member thinks for up to so long before it answers: what it was given it has noted by then. */
  readonly waitMs?: number
}

/** Patience of a client that has no reason to expect trouble. */
export const patienceMs = 20_000

const steady = { service: 'steady', bytesMax: 1_000_000, timeoutMs: patienceMs }
const methods = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD']
/** Small enough for one write: an answer arrives whole or not at all, and a GET can be repeated in either case. */
const small = { methods: ['GET', 'POST'], keepsAlive: true, bytesMax: 4000 }

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE'])

export function addWholeRequests({ port, books, lanes, agent }: Field): void {
  const add = (kind: Kind, count: number, pauseMs: readonly [number, number]): void =>
    lanes.add(kind.traffic, { lanes: count, pauseMs }, (dice) => act(kind, dice))

  async function act(kind: Kind, dice: Dice): Promise<void> {
    const { traffic, service, keepsAlive, timeoutMs } = kind
    const method = dice.pick(kind.methods)
    const id = books.newId()
    // Without a body nothing but its method keeps a request from being sent twice.
    const upload = withBody.has(method) && dice.chance(0.7) ? uploadOf(dice, kind.bytesMax) : undefined
    const download = dice.size(100, kind.bytesMax)
    const status = dice.chance(0.03) ? dice.pick([204, 304, 404, 500]) : 200
    const path = pathOf({
      up: upload?.bytes,
      down: download,
      framing: framing(dice),
      interim: dice.chance(0.05),
      status,
      waitMs: dice.whole(0, kind.waitMs ?? 0),
    })
    const startedAt = performance.now()
    const expectsContinue = upload !== undefined && dice.chance(0.05)
    const via: Agent | false = keepsAlive ? agent : false
    const request = {
      port,
      service,
      path,
      method,
      id,
      agent: via,
      upload,
      download,
      expectsContinue,
      timeoutMs,
    }
    const outcome = await ask(request)
    books.settle({ traffic, service, method, id, startedAt }, outcome, [String(status)])
    if (service === 'steady' && method === 'GET' && download < small.bytesMax && outcome.name === '200') {
      books.time(performance.now() - startedAt)
    }
  }

  add({ ...steady, traffic: 'requests, kept connections', methods, keepsAlive: true }, 8, [10, 60])
  add({ ...steady, traffic: 'requests, new connections', methods, keepsAlive: false }, 4, [40, 120])
  add(
    { ...small, traffic: 'requests, members killed', service: 'mortal', timeoutMs: patienceMs, waitMs: 30 },
    6,
    [5, 40],
  )
  add({ ...small, traffic: 'requests, a member hangs', service: 'hanging', timeoutMs: 2000 }, 4, [20, 80])
  // Repeating a POST on a connection that its member closed in this instant is not allowed; a GET has to be.
  const forgetful = {
    ...small,
    methods: ['GET', 'HEAD'],
    service: 'forgetful',
    timeoutMs: patienceMs,
  }
  add({ ...forgetful, traffic: 'requests, forgetful member' }, 3, [50, 400])
}

export interface Wish {
  readonly up: number | undefined
  readonly down: number
  readonly framing: string
  readonly interim?: boolean
  readonly status?: number
  readonly waitMs?: number
}

/** What an honest member is asked for. */
export function pathOf({ up = 0, down, framing, interim = false, status = 200, waitMs = 0 }: Wish): string {
  const special = `${interim ? '&interim=1' : ''}${status === 200 ? '' : `&status=${status}`}${waitMs === 0 ? '' : `&wait=${waitMs}`}`
  return `/?up=${up}&down=${down}&framing=${framing}${special}`
}

function uploadOf(dice: Dice, bytesMax: number): Upload {
  return { bytes: dice.size(100, bytesMax), framing: framing(dice) }
}

export function framing(dice: Dice): 'length' | 'chunked' {
  return dice.chance(0.5) ? 'length' : 'chunked'
}
