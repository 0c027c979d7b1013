// Calls that stop a container wait for its requests; all others go on at once.
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, test } from 'node:test'
import type { Drain } from '../../../src/dockersocket/hold.ts'
import { eventually } from '../../support/eventually.ts'
import { ask, json, openStage } from './stage.ts'
import type { Stage } from './stage.ts'

const id = 'c0ffee'.padEnd(64, '0')
const ceilingMs = 5000

interface Held {
  readonly id: string
  readonly name: string | undefined
  readonly signal: AbortSignal
  end(outcome: 'drained' | 'not a member'): void
  fail(error: Error): void
}

/** An engine with one container that knows what it was asked, and a drain that a test ends. */
class Theatre implements AsyncDisposable {
  readonly asked: string[] = []
  readonly held: Held[] = []
  stage!: Stage

  static async open({
    stopSignal = '',
    running = true,
    ...options
  }: { stopSignal?: string; running?: boolean; drainTimeoutMs?: number } = {}) {
    const theatre = new Theatre()
    const inspection = json({
      Id: id,
      Name: '/shop-web-1',
      Config: { StopSignal: stopSignal },
      State: { Running: running },
    })
    const engine = (socket: Socket): void => {
      socket.on('data', (chunk: Buffer) => {
        for (const [, line = ''] of chunk.toString().matchAll(/(?:^|\r\n\r\n)([A-Z]+ \S+) HTTP/g)) {
          const [, path = ''] = line.split(' ')
          const isLookUp = line.startsWith('GET') && path.endsWith('/json')
          if (!isLookUp) theatre.asked.push(line)
          const known = ['/shop-web-1/', '/web/db/', `/${id}/`, '/c0ffee/'].some((name) =>
            decodeURIComponent(path).includes(name),
          )
          if (!isLookUp) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
          else socket.write(known ? inspection : json({ message: 'No such container' }, '404 Not Found'))
        }
      })
      socket.on('end', () => socket.end())
    }
    const drain: Drain = (containerId, name, signal) =>
      new Promise((end, fail) => theatre.held.push({ id: containerId, name, signal, end, fail }))
    theatre.stage = await openStage({ drain, engine, ...options })
    return theatre
  }

  async nextHeld(count = 1): Promise<Held> {
    return eventually(() => {
      const held = this.held[count - 1]
      assert.ok(held !== undefined)
      return held
    }, ceilingMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]()
  }
}

const holding = [
  'POST /containers/shop-web-1/stop',
  'POST /v1.41/containers/c0ffee/stop?t=1',
  `POST /v1.51/containers/${id}/restart`,
  'POST /containers/shop%2dweb-1/stop',
  'POST /containers/shop-web-1%2Fstop',
  'POST /containers/web/db/stop',
  'POST /containers/shop-web-1/kill',
  'POST /containers/shop-web-1/kill?signal=',
  'POST /containers/shop-web-1/kill?signal=KILL',
  'POST /containers/shop-web-1/kill?signal=sigkill',
  'POST /containers/shop-web-1/kill?signal=9',
  'POST /containers/shop-web-1/kill?signal=TERM',
  'POST /containers/shop-web-1/kill?signal=15&signal=1',
  'DELETE /containers/shop-web-1?force=1',
  'DELETE /v1.41/containers/c0ffee?v=1&force=True',
]

describe('held until the container is drained', () => {
  for (const line of holding) {
    test(line, async () => {
      await using theatre = await Theatre.open()
      await using client = await theatre.stage.client(ask(line))
      const held = await theatre.nextHeld()
      assert.deepEqual([held.id, held.name, held.signal.aborted], [id, 'shop-web-1', false])
      assert.deepEqual(theatre.asked, [])
      held.end('drained')
      await client.until('204')
      assert.deepEqual(theatre.asked, [line])
      assert.equal(held.signal.aborted, false)
      const told = theatre.stage.log.filter(({ message }) => message === 'a call to the Docker engine was held')
      assert.equal(told.length, 1)
      assert.equal(told[0]?.fields['container'], 'shop-web-1')
      assert.equal(told[0]?.fields['reason'], 'drained')
      assert.equal(typeof told[0]?.fields['heldMs'], 'number')
    })
  }

  test('the stop signal of the container is one, and TERM is then none', async () => {
    await using theatre = await Theatre.open({ stopSignal: 'SIGQUIT' })
    await using other = await theatre.stage.client(ask('POST /containers/c0ffee/kill?signal=TERM'))
    await other.until('204')
    await using client = await theatre.stage.client(ask('POST /containers/c0ffee/kill?signal=3'))
    ;(await theatre.nextHeld()).end('drained')
    await client.until('204')
  })
})

const passing = [
  'POST /containers/shop-web-1/kill?signal=HUP',
  'POST /containers/shop-web-1/kill?signal=10',
  'POST /containers/shop-web-1/kill?signal=SIGUSR1&signal=KILL',
  'POST /containers/shop-web-1/kill?signal=nonsense',
  'POST /containers/gone/stop',
  'DELETE /containers/shop-web-1',
  'DELETE /containers/shop-web-1?force=0',
  'DELETE /containers/shop-web-1?force=false&force=1',
  'POST /containers/shop-web-1/pause',
  'POST /containers/shop-web-1/update',
  'POST /Containers/shop-web-1/stop',
  'POST /containers/shop-web-1/stop/',
  'GET /containers/shop-web-1/stop',
]

describe('passes at once', () => {
  for (const line of passing) {
    test(line, async () => {
      await using theatre = await Theatre.open()
      await using client = await theatre.stage.client(ask(line))
      await client.until('204')
      assert.deepEqual([theatre.asked, theatre.held], [[line], []])
    })
  }

  test('a stop of a container that does not run', async () => {
    await using theatre = await Theatre.open({ running: false })
    await using client = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
    await client.until('204')
    assert.equal(theatre.held.length, 0)
  })

  test('everything when the limit is 0', async () => {
    await using theatre = await Theatre.open({ drainTimeoutMs: 0 })
    await using client = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
    await client.until('204')
  })
})

describe('a held call', () => {
  test('goes on at once when nobody knows the container', async () => {
    await using theatre = await Theatre.open()
    await using client = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
    ;(await theatre.nextHeld()).end('not a member')
    await client.until('204')
    assert.equal(theatre.stage.log.at(-1)?.fields['reason'], 'not a member')
  })

  test('goes on at the limit, and the drain is not taken back', async () => {
    await using theatre = await Theatre.open({ drainTimeoutMs: 100 })
    await using client = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
    const held = await theatre.nextHeld()
    await client.until('204')
    assert.equal(held.signal.aborted, false)
    assert.equal(theatre.stage.log.at(-1)?.fields['reason'], 'time limit')
  })

  test('goes on when draining fails, which is told', async () => {
    await using theatre = await Theatre.open()
    await using client = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
    ;(await theatre.nextHeld()).fail(new Error('no'))
    await client.until('204')
    assert.ok(theatre.stage.log.some(({ level }) => level === 'error'))
  })

  test('is dropped with its client, and the drain is taken back', async () => {
    for (const leave of ['end', 'destroy'] as const) {
      await using theatre = await Theatre.open()
      await using client = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
      const held = await theatre.nextHeld()
      client.socket[leave]()
      await eventually(() => assert.equal(held.signal.aborted, true), ceilingMs)
      await client.over
      await eventually(() => assert.equal(theatre.stage.log.at(-1)?.fields['reason'], 'client gone'), ceilingMs)
      assert.deepEqual(theatre.asked, [])
    }
  })

  test('waits for its own container alone', async () => {
    await using theatre = await Theatre.open()
    await using first = await theatre.stage.client(ask('POST /containers/c0ffee/stop'))
    await theatre.nextHeld(1)
    await using second = await theatre.stage.client(ask('POST /containers/shop-web-1/restart'))
    ;(await theatre.nextHeld(2)).end('drained')
    await second.until('204')
    assert.deepEqual(theatre.asked, ['POST /containers/shop-web-1/restart'])
    theatre.held[0]?.end('drained')
    await first.until('204')
  })

  test('keeps what its client sent meanwhile', async () => {
    await using theatre = await Theatre.open()
    await using client = await theatre.stage.client(
      `${ask('POST /containers/c0ffee/stop', 'Content-Length: 2')}{}${ask('GET /_ping')}`,
    )
    ;(await theatre.nextHeld()).end('drained')
    await eventually(() => assert.equal(theatre.asked.at(-1), 'GET /_ping'), ceilingMs)
    await client.until('204')
  })

  test('is neither held nor passed on where stops are not allowed', async () => {
    const asked: string[] = []
    await using stage = await openStage({ mode: 'read-only', drain: async (name) => (asked.push(name), 'drained') })
    await using client = await stage.client(ask('POST /containers/c0ffee/stop'))
    assert.match(await client.all(), /403/)
    assert.deepEqual([asked, stage.dialled], [[], 0])
  })
})
