import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { ThreadBooks } from '../../../src/ledger/thread-books.ts'

test('every thread counts in its own column, and each reads the sum', () => {
  const ledger = new Ledger(2)
  const row = ledger.row('a')
  const [first, second] = [0, 1].map((column) => threadBooks(ledger, column).row('a'))
  first?.begin()
  second?.begin()
  second?.begin()
  first?.end()
  second?.send(10)
  first?.receive(7)
  second?.fail()
  assert.deepEqual([row.elected, row.busy, row.to, row.from, row.errors], [3, 2, 10, 7, 1])
  assert.equal(first?.busy, 2)
})

test('a member leaves rotation for everybody who holds its row, at once', () => {
  const ledger = new Ledger(2)
  const own = ledger.row('a')
  const shared = threadBooks(ledger, 1).row('a')
  own.available = true
  assert.equal(shared.available, true)
  own.available = false
  assert.equal(shared.available, false)
})

test('requests that wait are counted thread by thread, and a service that is new begins at nothing', () => {
  const ledger = new Ledger(2)
  ledger.arrange('s', [])
  const [alive, dead] = [0, 1].map((column) => threadBooks(ledger, column).waiting('s'))
  alive?.add()
  alive?.set(1)
  dead?.add()
  dead?.set(4)
  const told = (): readonly number[] => [ledger.waiting('s').now, ledger.waiting('s').ever]
  assert.deepEqual(told(), [5, 2])
  ledger.forgetInFlight(1)
  assert.deepEqual(told(), [1, 2])
  ledger.deleteService('s')
  assert.deepEqual(told(), [0, 0])
})

test('a thread that died takes along what it had in flight, and nothing it counted', () => {
  const ledger = new Ledger(2)
  ledger.row('a')
  const [alive, dead] = [0, 1].map((column) => threadBooks(ledger, column).row('a'))
  alive?.begin()
  dead?.begin()
  dead?.fail()
  ledger.forgetInFlight(1)
  const row = ledger.row('a')
  assert.deepEqual([row.elected, row.busy, row.errors], [2, 1, 1])
})

test('a member that is gone and comes back begins anew, and whoever still holds its old row harms nothing', () => {
  const ledger = new Ledger()
  const old = ledger.row('a')
  old.begin()
  ledger.deleteRow('a')
  old.end()
  assert.equal(ledger.row('a').elected, 0)
})

test('a thread is told of what is new alone, and forgets whom no plan names any more', () => {
  const ledger = new Ledger(1)
  const books = new ThreadBooks(0)
  ledger.row('a').begin()
  const first = ledger.share()
  books.update(first, nobody)
  ledger.row('b').begin()
  const second = ledger.share(first.upTo)
  assert.deepEqual([...second.rows.keys()], ['b'])
  books.update(second, nobody)
  assert.deepEqual([books.row('a').elected, books.row('b').elected], [1, 1])
  books.update(ledger.share(second.upTo), { ...nobody, memberKeys: ['a'] })
  assert.deepEqual([books.row('a').elected, books.row('b').elected], [0, 1])
})

test('a service that is arranged anew is told of again', () => {
  const ledger = new Ledger(1)
  const books = new ThreadBooks(0)
  ledger.arrange('web@test', [{ key: 'a', weight: 1 }])
  const first = ledger.share()
  books.update(first, nobody)
  const places = ['a', 'b'].map((key) => ({ key, weight: 1 }))
  ledger.arrange('web@test', places)
  books.update(ledger.share(first.upTo), nobody)
  assert.deepEqual([...books.turns('web@test').upcoming()], [0, 1])
})

const nobody = { memberKeys: [], services: [] }

function threadBooks(ledger: Ledger, column: number): ThreadBooks {
  const books = new ThreadBooks(column)
  books.update(ledger.share(), nobody)
  return books
}

test('how long answers take is told over all threads, and a thread that refuses counts it', () => {
  const ledger = new Ledger(2)
  const row = ledger.row('a')
  const [first, second] = [0, 1].map((column) => threadBooks(ledger, column).row('a'))
  assert.equal(row.latency, 0)
  for (let i = 0; i < 300; i++) {
    first?.answer(200, 10)
    second?.answer(503, 30)
  }
  assert.equal(row.refusals, 300)
  assert.equal(Math.round(row.latency), 20)
  assert.equal(
    row.latencies().reduce((sum, count) => sum + count),
    600,
  )
})

test('a failing member and one that takes sessions only are not available, and say what they are', () => {
  const row = new Ledger().row('a')
  row.admits = 'sessions'
  assert.deepEqual([row.available, row.admits], [false, 'sessions'])
  row.admits = 'everybody'
  row.failing = true
  assert.deepEqual([row.available, row.admits], [false, 'everybody'])
  row.failing = false
  assert.equal(row.available, true)
})

test('a share is kept to a thousandth, and is never nothing', () => {
  const row = new Ledger().row('a')
  assert.equal(row.share, 1)
  for (const share of [0.5, 0.125, 1]) {
    row.share = share
    assert.equal(row.share, share)
  }
  row.share = 0
  assert.ok(row.share > 0)
})
