// Ten thousand clients with sticky cookies, while replicas leave and come back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../../../src/exchange/exchange.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { createPick } from '../../../src/service/candidates.ts'
import type { Member } from '../../../src/service/member.ts'
import { byRequests } from '../../../src/service/methods/byrequests.ts'
import { chooseBySession, compileStickiness } from '../../../src/service/stickiness.ts'
import { balancerOf, memberWith, plainCookie } from '../../support/balancer.ts'

const clients = 10_000

test('of ten thousand sessions on ten replicas only those of the one that leaves move, and evenly', () => {
  const members = Array.from({ length: 10 }, (_, i) => memberWith({ slot: `shop/web/${i + 1}` }))
  const visitors = Array.from({ length: clients }, () => new Client())
  const choose = balancer(members)
  const before = visitors.map((client) => client.ask(choose))
  const [leaving] = members as [Member]
  leaving.row.available = false
  const after = visitors.map((client) => client.ask(choose))
  const moved = before.flatMap((slot, i) => (slot === after[i] ? [] : slot))
  assert.equal(moved.length, clients / 10)
  assert.deepEqual([...new Set(moved)], [leaving.slot])
  const counts = [...Map.groupBy(after, (slot) => slot).values()].map((all) => all.length)
  assert.ok(Math.max(...counts) - Math.min(...counts) <= clients / 100, counts.join())
})

test('sessions of a recreated replica wait for it where it is back before they ask again', () => {
  const members = Array.from({ length: 4 }, (_, i) => memberWith({ slot: `shop/web/${i + 1}` }))
  const choose = balancer(members)
  const visitors = Array.from({ length: 400 }, () => new Client())
  const before = visitors.map((client) => client.ask(choose))
  // Another container at another address, in the same slot.
  const recreated = members.map((member, i) =>
    i === 1 ? memberWith({ slot: member.slot, host: '127.0.0.9', id: 'another' }) : member,
  )
  const again = balancer(recreated)
  assert.deepEqual(
    visitors.map((client) => client.ask(again)),
    before,
  )
})

/** A browser: what it is told to keep it brings along. */
class Client {
  #cookie = ''

  ask(choose: ReturnType<typeof balancer>): string | undefined {
    const responseFields: string[] = []
    const exchange = {
      head: { path: '/', query: undefined },
      fields: ['Cookie', this.#cookie],
      responseFields,
      record: {},
    }
    const member = choose(exchange as unknown as Exchange)
    const [, told = this.#cookie] = responseFields
    this.#cookie = told.split(';')[0] ?? ''
    return member?.slot
  }
}

function balancer(members: readonly Member[]) {
  const stickiness = compileStickiness('web@docker' as QualifiedName, { stickyCookie: plainCookie }, members, 'secret')
  assert(stickiness)
  const pick = createPick(members, byRequests(balancerOf(members)), balancingDefaults)
  return chooseBySession(stickiness, pick, true)
}
