// Draining against a controller that a test plays: what is edited, when it is enough, and that it is taken back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Controller, Member } from '../../../../src/cli/scale/controller.ts'
import { drain, release } from '../../../../src/cli/scale/drain.ts'
import type { Ground } from '../../../../src/cli/scale/ground.ts'
import type { ScaleEvent } from '../../../../src/cli/scale/progress.ts'

const engine = {} as Ground['engine']

class Played {
  readonly edits: string[] = []
  readonly events: ScaleEvent[] = []
  readonly waited: string[] = []
  readonly stop = new AbortController()
  refuses: string | undefined
  undoFails: string | undefined
  /** What becomes of the member with each look at it. */
  look: (status: string, looks: number) => Partial<Member> = () => ({})
  #status: string
  #looks = 0

  constructor(status = '') {
    this.#status = status
  }

  ground(more: Partial<Ground> = {}): Ground {
    const controller: Controller = {
      readOnly: undefined,
      members: () => Promise.resolve([this.#member()]),
      setStatus: (_, status) => {
        if (this.refuses !== undefined) return Promise.resolve({ ok: false, message: this.refuses })
        this.#status = status
        this.edits.push(status)
        return Promise.resolve({ ok: true, edit: this.edits.length })
      },
      undo: (edit) => {
        this.edits.push(`undo ${edit}`)
        return Promise.resolve(this.undoFails)
      },
    }
    const tell = (event: ScaleEvent) => void this.events.push(event)
    const usual = { engine, controller, whyNoController: undefined, isLocal: true, timeoutMs: 60_000 }
    return { ...usual, tell, signal: this.stop.signal, ...more }
  }

  drain(more: Partial<Ground> = {}) {
    return drain('shop-web-2', this.ground(more), (reason) => void this.waited.push(reason))
  }

  #member(): Member {
    const usual = { service: 'web@docker', slot: 'shop/web/2', container: 'shop-web-2', state: 'ready', reason: '' }
    return { ...usual, status: this.#status, busy: 0, ...this.look(this.#status, this.#looks++) }
  }
}

test('a member without requests is drained at once, and nobody can come back to it', async () => {
  const played = new Played()
  const drained = await played.drain()
  assert.deepEqual(played.edits, ['N', 'ND'])
  await release(drained, played.ground())
  assert.deepEqual(played.edits, ['N', 'ND', 'undo 2', 'undo 1'])
  assert.deepEqual(played.events, [])
})

test('the letters it has already are kept', async () => {
  const played = new Played('H')
  await played.drain()
  assert.deepEqual(played.edits, ['HN', 'HND'])
})

test('requests under way are waited for', async () => {
  const played = new Played()
  played.look = (_, looks) => ({ busy: Math.max(0, 3 - looks) })
  await played.drain()
  assert.deepEqual(played.waited, ['no new requests', '2 requests are under way', 'one request is under way'])
})

test('an answer from before the edit does not count', async () => {
  const played = new Played()
  played.look = (status, looks) => (looks < 3 ? { status: '' } : { status })
  await played.drain()
  assert.equal(played.waited.length, 3)
})

test('sessions have half the time, then they are moved', async () => {
  const played = new Played()
  played.look = () => ({ draining: { lastStuckAt: Date.now(), done: false } })
  await played.drain({ timeoutMs: 300 })
  assert.equal(played.waited[1], 'its sessions may go on for a while')
  assert.deepEqual(played.edits, ['N', 'ND'])
})

test('sessions that were not seen for a minute are not waited for', async () => {
  const played = new Played()
  played.look = () => ({ draining: { lastStuckAt: Date.now() - 61_000, done: false } })
  await played.drain()
  assert.deepEqual(played.waited, ['no new requests'])
})

test('who stops it while it drains gets all edits back', async () => {
  const played = new Played()
  played.look = (_, looks) => {
    if (looks === 2) played.stop.abort()
    return { busy: 1 }
  }
  await release(await played.drain(), played.ground())
  assert.deepEqual(played.edits, ['N', 'undo 1'])
})

test('an edit that is refused is told, and leaves nothing behind', async () => {
  const played = new Played()
  played.refuses = 'http://127.0.0.1:8080 answers 409: there are too many'
  const drained = await played.drain()
  assert.deepEqual(drained.edits, [])
  assert.deepEqual(played.events, [
    { event: 'note', message: `shop-web-2 is stopped without being drained: ${played.refuses}` },
  ])
})

test('an edit that cannot be taken back is told with the slot that stays drained', async () => {
  const played = new Played()
  played.undoFails = 'nothing answers'
  await release(await played.drain(), played.ground())
  const [event] = played.events
  assert.match(event?.event === 'note' ? event.message : '', /^shop\/web\/2 is still drained, .*: nothing answers$/)
})

for (const [what, controller] of [
  ['where no controller answers', undefined],
  ['where it takes no edits', { ...new Played().ground().controller, readOnly: 'everybody may read' } as Controller],
] as const) {
  test(`nothing is edited ${what}`, async () => {
    const played = new Played()
    assert.deepEqual(await played.drain({ controller }), { edits: [], slots: [] })
    assert.deepEqual(played.edits, [])
  })
}
