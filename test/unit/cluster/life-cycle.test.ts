import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nextLife, unknownLife } from '../../../src/cluster/life-cycle.ts'
import type { Life, LifeEvent, Phase } from '../../../src/cluster/life-cycle.ts'

type Plain = Exclude<LifeEvent['kind'], 'health' | 'disconnect' | 'found'>

/** Sequences as a real engine emits them (20.10), and where each leaves the container. */
const sequences: readonly (readonly [string, readonly Plain[], Phase])[] = [
  ['docker stop', ['drain', 'die'], 'stopped'],
  ['docker stop of a process that ignores TERM', ['drain', 'drain', 'die'], 'stopped'],
  ['docker restart', ['drain', 'die', 'start'], 'running'],
  ['a crash with restart=always', ['die', 'start'], 'running'],
  ['pause and unpause', ['pause', 'unpause'], 'running'],
  ['docker stop while paused', ['pause', 'drain', 'unpause', 'die'], 'stopped'],
  ['docker stop while paused, before the process is gone', ['pause', 'drain', 'unpause'], 'draining'],
  ['a stop signal the process survives', ['drain', 'survived'], 'running'],
  ['a start whose end nobody heard of', ['drain', 'start'], 'running'],
  ['an end that comes twice', ['die', 'die'], 'stopped'],
  ['a stop told after its end', ['die', 'drain'], 'stopped'],
  ['an unpause of one that is not paused', ['unpause'], 'running'],
]

describe('phases', () => {
  for (const [name, events, expected] of sequences) {
    test(`${name} leaves the container ${expected}`, () => {
      assert.equal(run(unknownLife, events).phase, expected)
    })
  }

  test('a start that is told twice is one start', () => {
    const life = nextLife(unknownLife, { kind: 'start', at: 7 }, 0)
    assert.equal(nextLife(life, { kind: 'start', at: 7 }, 5), life)
    assert.notEqual(nextLife(life, { kind: 'start', at: 8 }, 5), life)
  })

  test('a health ends with the process it is of', () => {
    const healthy = nextLife(unknownLife, { kind: 'health', health: 'healthy' }, 0)
    assert.equal(run(healthy, ['die', 'start']).health, 'starting')
    assert.equal(run(unknownLife, ['die', 'start']).health, 'none')
  })
})

describe('networks', () => {
  const left = nextLife(unknownLife, { kind: 'disconnect', network: 'a' }, 0)

  test('one that is left stays left until a declaration knows of it', () => {
    assert.deepEqual([...left.left], ['a'])
    assert.deepEqual([...nextLife(left, { kind: 'found', health: 'none', paused: false }, 0).left], ['a'])
    assert.equal(nextLife(left, { kind: 'confirmed' }, 0).left.size, 0)
  })

  test('what a stopped container leaves, it has left by its stop', () => {
    const stopped = run(unknownLife, ['die'])
    assert.equal(nextLife(stopped, { kind: 'disconnect', network: 'a' }, 0), stopped)
  })
})

describe('crashes', () => {
  /** A start, ready at once, and the end after so many milliseconds; time goes on from life to life. */
  function crash(life: Life, from: number, livesMs: number): { life: Life; now: number } {
    const started = nextLife(life, { kind: 'start', at: from }, from)
    const ready = nextLife(nextLife(started, { kind: 'rested' }, from), { kind: 'ready' }, from)
    const now = from + livesMs
    return { life: nextLife(ready, { kind: 'die' }, now), now }
  }

  function waitAfter(lives: readonly number[]): Life['wait'] {
    let [life, now]: [Life, number] = [unknownLife, 1000]
    for (const livesMs of lives) ({ life, now } = crash(life, now + 1, livesMs))
    return nextLife(life, { kind: 'start', at: now + 1 }, now + 1).wait
  }

  test('the first costs nothing, those that follow twice as much each, up to half a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((count) => waitAfter(Array(count).fill(100))?.ms)
    assert.deepEqual(waits, [undefined, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  test('the wait says why', () => {
    assert.equal(waitAfter([5000, 5000, 5000])?.reason, 'restarted 3 times in 10 s: waits 2 s')
  })

  test('whoever lived longer has not crashed, and after a minute all is forgiven', () => {
    assert.equal(waitAfter([100, 20_000])?.ms, undefined)
    assert.equal(waitAfter([100, 100, 20_000])?.ms, 1000)
    assert.equal(waitAfter([100, 100, 100, 60_000])?.ms, undefined)
  })

  test('whoever was told to stop has not crashed', () => {
    let life: Life = unknownLife
    for (let at = 1; at < 10; at++) life = run(life, ['start', 'ready', 'drain', 'die'], at)
    assert.equal(nextLife(life, { kind: 'start', at: 11 }, 11).phase, 'running')
  })

  test('nothing is remembered of a container that is destroyed', () => {
    const crashed = run(unknownLife, ['start', 'die'])
    assert.equal(crashed.crashes.count, 1)
    assert.equal(run(crashed, ['destroy']).crashes.count, 0)
  })

  test('a container found running is not held to have just begun', () => {
    assert.equal(run(unknownLife, ['ready', 'die']).crashes.count, 0)
  })

  test('the engine’s clock plays no part', () => {
    let life: Life = unknownLife
    for (const at of [1e15, -1e15, 0, 8e15]) {
      life = nextLife(life, { kind: 'start', at }, 100_000)
      life = nextLife(life, { kind: 'ready' }, 100_000)
      life = nextLife(life, { kind: 'die' }, 200_000)
    }
    assert.equal(life.crashes.count, 0)
  })

  test('a pause or a stop ends the wait', () => {
    const dead = [0, 1, 2].reduce((life: Life) => run(life, ['start', 'die'], life.crashes.count), unknownLife)
    const waiting = nextLife(dead, { kind: 'start', at: 9 }, 0)
    assert.equal(waiting.phase, 'restarting')
    for (const kind of ['pause', 'drain', 'die', 'rested'] as const)
      assert.equal(nextLife(waiting, { kind }, 0).wait, undefined)
  })
})

function run(life: Life, events: readonly Plain[], at = 1): Life {
  return events.reduce((before, kind) => nextLife(before, kind === 'start' ? { kind, at } : { kind }, 0), life)
}
