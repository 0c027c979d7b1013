// What each method makes of 100,000 requests that come to four threads at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickInThreads } from '../../../support/picking.ts'

const threads = 4
const picks = 100_000

test('byrequests gives every member exactly its share, to the request', async () => {
  const { counts } = await pickInThreads(threads, picks, { method: 'byrequests', weights: [1, 2.5, 0.5] })
  assert.deepEqual(counts, [25_000, 62_500, 12_500])
})

test('bytraffic gives every member the same bytes for its weight', async () => {
  const bytesOf = [10, 20_000, 300]
  const { rows } = await pickInThreads(threads, picks, { method: 'bytraffic', weights: [1, 2, 1], bytesOf })
  const [a = 0, b = 0, c = 0] = rows.map(({ from }) => from)
  // Each thread may be one answer ahead of what it sees of the others.
  const oneAnswerEach = threads * 20_000
  assert.ok(Math.abs(a - c) <= oneAnswerEach, `${a} and ${c}`)
  assert.ok(Math.abs(a - b / 2) <= oneAnswerEach, `${a} and half of ${b}`)
})

test('bybusyness chooses the least busy member, as far as each thread can see the others', async () => {
  const { counts, rows, mostAboveLeast } = await pickInThreads(threads, picks, {
    method: 'bybusyness',
    weights: [1, 1, 1],
  })
  // Between its look and its choice every other thread may have come and gone.
  assert.ok(mostAboveLeast <= 2 * threads, `${mostAboveLeast} more than the least busy one`)
  for (const count of counts) assert.ok(count > picks / 10, counts.join())
  assert.deepEqual(
    rows.map(({ busy }) => busy),
    [0, 0, 0],
  )
})

for (const method of ['leasttime', 'p2c'] as const) {
  // A thread that the system makes wait holds its requests meanwhile, and the others rightly give less to who has them.
  test(`${method} leaves nobody behind among members that are equally fast`, async () => {
    const { counts } = await pickInThreads(threads, picks, { method, weights: [1, 1, 1] })
    for (const count of counts) assert.ok(count > picks / 10, counts.join())
  })
}

test('hrw sends a client to the same member in every thread', async () => {
  const { byClient } = await pickInThreads(threads, picks, { method: 'hrw', weights: [1, 2, 1] })
  assert.equal(byClient.length, threads)
  for (const other of byClient) assert.deepEqual(other, byClient[0])
})
