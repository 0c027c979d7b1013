// A scale-down that has begun: whoever Compose takes before one that is being stopped gets no new sessions.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainCookie } from '../../support/balancer.ts'
import { eventually } from '../../support/eventually.ts'
import { Replicas } from './replicas.ts'
import type { Wish } from './replicas.ts'

const sticky = { stickyCookie: plainCookie }

function web(number: number, generation = { id: 'v1', at: 1000 }): Wish {
  return { name: `shop/web/${number}`, health: 'healthy', generation }
}

/** As it stands, by the last part of each slot. */
function takes(replicas: Replicas): string {
  return Object.entries(replicas.takes())
    .map(([slot, admits]) => `${slot.split('/').at(-1)} ${admits}`)
    .join(', ')
}

test('higher numbers than the one that is stopped are likely to go too', () => {
  using replicas = new Replicas(sticky)
  replicas.declare(web(1), web(2), web(3), web(4))
  replicas.say('drain', 'shop/web/3')
  assert.equal(takes(replicas), '1 everybody, 2 everybody, 3 nobody, 4 sessions')
  assert.equal(replicas.reason('shop/web/4'), 'a scale-down has begun and may take it too: only its sessions')
  replicas.say('drain', 'shop/web/4')
  assert.equal(takes(replicas), '1 everybody, 2 everybody, 3 nobody, 4 nobody')
})

test('an obsolete generation goes before the newest, whatever its numbers', () => {
  using replicas = new Replicas(sticky)
  const fresh = { id: 'v2', at: 2000 }
  replicas.declare(web(1), web(2), web(3, fresh), web(4, fresh), web(5, fresh))
  replicas.say('drain', 'shop/web/4')
  assert.equal(takes(replicas), '1 sessions, 2 sessions, 3 everybody, 4 nobody, 5 sessions')
})

test('the highest number says nothing of the others', () => {
  using replicas = new Replicas(sticky)
  replicas.declare(web(1), web(2), web(3))
  replicas.say('drain', 'shop/web/3')
  assert.equal(takes(replicas), '1 everybody, 2 everybody, 3 nobody')
})

test('nobody is spared where nobody else is left, as after a restart of the first', () => {
  using replicas = new Replicas(sticky)
  replicas.declare(web(1), web(2), web(3))
  replicas.say('drain', 'shop/web/1')
  assert.equal(takes(replicas), '1 nobody, 2 everybody, 3 everybody')
})

test('when the last one that was not likely to go goes after all, the others are back', () => {
  using replicas = new Replicas(sticky)
  replicas.declare(web(1), web(2), web(3))
  replicas.say('drain', 'shop/web/2')
  assert.equal(takes(replicas), '1 everybody, 2 nobody, 3 sessions')
  replicas.say('drain', 'shop/web/1')
  assert.equal(takes(replicas), '1 nobody, 2 nobody, 3 everybody')
})

test('a guess that does not come true is given up: a single replica is restarted, too', async () => {
  using replicas = new Replicas(sticky)
  replicas.declare(web(1), web(2), web(3))
  replicas.say('drain', 'shop/web/2')
  assert.equal(takes(replicas), '1 everybody, 2 nobody, 3 sessions')
  await eventually(() => assert.equal(takes(replicas), '1 everybody, 2 nobody, 3 everybody'), 10_000)
})

test('and at once when the one that was stopped is gone', () => {
  using replicas = new Replicas(sticky)
  replicas.declare(web(1), web(2), web(3))
  replicas.say('drain', 'shop/web/2')
  replicas.say('die', 'shop/web/2')
  assert.equal(takes(replicas), '1 everybody, 2 nobody, 3 everybody')
})

test('other compose services, and containers without one, are not concerned', () => {
  using replicas = new Replicas(sticky)
  const other = { ...web(9), name: 'shop/other/9' }
  replicas.declare(web(1), web(2), other, { name: 'single', health: 'healthy' })
  replicas.say('drain', 'shop/web/1')
  assert.equal(takes(replicas), '1 nobody, 2 sessions, 9 everybody, single everybody')
})

test('without sessions there is nothing to spare', () => {
  using replicas = new Replicas({})
  replicas.declare(web(1), web(2), web(3))
  replicas.say('drain', 'shop/web/2')
  assert.equal(takes(replicas), '1 everybody, 2 nobody, 3 everybody')
})
