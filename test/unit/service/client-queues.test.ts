// Who is next, and who must give way, against the same in plain arrays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ClientQueues } from '../../../src/service/client-queues.ts'
import type { Seat } from '../../../src/service/client-queues.ts'

const client = fc.constantFrom('a', 'b', 'c', 'd')
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add'), client, first: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn') }) },
)

test('clients take turns, each in the order it came, whoever leaves', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queues = new ClientQueues<number>()
      const seats = new Map<number, Seat<number>>()
      /** The first is next. */
      let plain: { readonly client: string; readonly values: readonly number[] }[] = []
      for (const [number, each] of steps.entries()) {
        if (each.kind === 'add') {
          seats.set(number, queues.add(each.client, number, each.first))
          const values = plain.find((one) => one.client === each.client)?.values ?? []
          const others = plain.filter((one) => one.client !== each.client)
          const same = (one: (typeof plain)[number]): boolean => one.client === each.client
          if (each.first) plain = [{ client: each.client, values: [number, ...values] }, ...others]
          else if (values.length === 0) plain.push({ client: each.client, values: [number] })
          else plain = plain.map((one) => (same(one) ? { ...one, values: [...values, number] } : one))
        } else if (each.kind === 'turn') {
          queues.passTurn()
          plain = [...plain.slice(1), ...plain.slice(0, 1)]
        } else if (seats.size > 0) {
          const [value, seat] = [...seats][each.at % seats.size]!
          seats.delete(value)
          queues.remove(seat)
          plain = plain
            .map((one) => ({ ...one, values: one.values.filter((other) => other !== value) }))
            .filter(({ values }) => values.length > 0)
        }
        const order = plain.flatMap(({ values }) => values)
        assert.deepEqual([...queues], order)
        assert.equal(queues.length, order.length)
        assert.equal(queues.next, order[0])
        const most = Math.max(0, ...plain.map(({ values }) => values.length))
        for (const name of ['a', 'b', 'c', 'd', 'stranger']) {
          const own = plain.find((one) => one.client === name)?.values.length ?? 0
          const tooMany = queues.tooMany(name)
          const loser = plain.find(({ values }) => values.at(-1) === tooMany)
          if (most <= own + 1) assert.equal(tooMany, undefined)
          else assert.equal(loser?.values.length, most)
        }
      }
    }),
  )
})
