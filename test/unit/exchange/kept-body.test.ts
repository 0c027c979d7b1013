import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeptBody, ReplayMemory } from '../../../src/exchange/kept-body.ts'

const roomy = { maxReplayBytes: 100, maxReplayMemory: 1024 * 1024 }

test('a body is kept as it came, up to the limit of one request and not a byte further', () => {
  const memory = new ReplayMemory(roomy)
  const body = keptBody(memory)
  body.keep(Buffer.from('x'.repeat(60)))
  body.keep(Buffer.from('y'.repeat(40)))
  assert.equal(Buffer.concat(body.pieces).toString(), 'x'.repeat(60) + 'y'.repeat(40))
  assert.equal(body.whole, true)
  assert.ok(memory.kept >= 100)
  body.keep(Buffer.from('z'))
  assert.deepEqual([body.whole, body.pieces.length, memory.kept], [false, 0, 0])
  body.keep(Buffer.from('z'))
  assert.deepEqual([body.whole, body.pieces.length, memory.kept], [false, 0, 0])
})

test('nothing is copied', () => {
  const piece = Buffer.from('piece')
  const body = keptBody(new ReplayMemory(roomy))
  body.keep(piece)
  assert.equal(body.pieces[0], piece)
})

test('what a body takes is given back when its answer is over', () => {
  const memory = new ReplayMemory(roomy)
  const response = new EventEmitter()
  const body = new KeptBody(memory, response as ServerResponse)
  body.keep(Buffer.from('piece'))
  response.emit('close')
  assert.deepEqual([body.whole, memory.kept], [false, 0])
})

test('a limit of 0 keeps nothing, yet a body that has not begun is whole', () => {
  const body = keptBody(new ReplayMemory({ ...roomy, maxReplayBytes: 0 }))
  assert.equal(body.whole, true)
  body.keep(Buffer.from('x'))
  assert.equal(body.whole, false)
})

test('a body in single bytes takes no more than a few times its limit', () => {
  const memory = new ReplayMemory({ maxReplayBytes: 65_536, maxReplayMemory: 2 ** 30 })
  const body = keptBody(memory)
  let peak = 0
  for (let i = 0; i < 65_536; i++) {
    body.keep(Buffer.from('x'))
    peak = Math.max(peak, memory.kept)
  }
  assert.ok(peak < 2 * 65_536, `${peak} bytes`)
  assert.equal(body.whole, false)
})

test('whatever comes and goes, the memory holds what is kept, and never more than its limit', () => {
  const step = fc.record({
    body: fc.nat({ max: 4 }),
    bytes: fc.option(fc.nat({ max: 700 }), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const limits = { maxReplayBytes: 1000, maxReplayMemory: 3000 }
      const memory = new ReplayMemory(limits)
      const bodies = Array.from({ length: 5 }, () => keptBody(memory))
      for (const { body: number, bytes } of steps) {
        const body = bodies[number]
        assert.ok(body)
        if (bytes === undefined) body.drop()
        else body.keep(Buffer.alloc(bytes))
        const pieces = bodies.flatMap((each) => each.pieces)
        const held = pieces.reduce((sum, { length }) => sum + length, 0)
        assert.ok(held <= memory.kept && memory.kept <= limits.maxReplayMemory)
        for (const each of bodies) {
          const own = each.pieces.reduce((sum, { length }) => sum + length, 0)
          assert.ok(own <= limits.maxReplayBytes)
          assert.ok(each.whole || each.pieces.length === 0)
        }
      }
      for (const body of bodies) body.drop()
      assert.equal(memory.kept, 0)
    }),
  )
})

function keptBody(memory: ReplayMemory): KeptBody {
  return new KeptBody(memory, new EventEmitter() as ServerResponse)
}
