import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseBool, parseDuration, parseInteger } from '../../../src/labels/values.ts'

describe('parseBool', () => {
  test("knows Go's words for true and false and no others", () => {
    for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.equal(parseBool(text), true, text)
    for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) assert.equal(parseBool(text), false, text)
    for (const text of ['', 'yes', 'on', 'tRUE', ' true', '2', '{}']) assert.equal(parseBool(text), undefined, text)
  })
})

describe('parseInteger', () => {
  test('reads decimal digits with a sign, of any size', () => {
    assert.equal(parseInteger('0'), 0n)
    assert.equal(parseInteger('-12'), -12n)
    assert.equal(parseInteger('+12'), 12n)
    assert.equal(parseInteger('9223372036854775807'), 9_223_372_036_854_775_807n)
    assert.equal(parseInteger('007'), 7n)
  })

  test('reads nothing else', () => {
    for (const text of ['', ' 1', '1.0', '1e3', '0x10', '1_000', '--1', '+', '١', 'NaN']) {
      assert.equal(parseInteger(text), undefined, text)
    }
  })
})

describe('parseDuration', () => {
  test('takes a bare integer for seconds', () => {
    assert.equal(parseDuration('30'), 30_000)
    assert.equal(parseDuration('-1'), -1000)
    assert.equal(parseDuration('0'), 0)
  })

  test("reads Go's units and sums of them", () => {
    assert.equal(parseDuration('100ms'), 100)
    assert.equal(parseDuration('1m30s'), 90_000)
    assert.equal(parseDuration('1.5h'), 5_400_000)
    assert.equal(parseDuration('2s500ms'), 2500)
    assert.equal(parseDuration('1000us'), 1)
    assert.equal(parseDuration('1000µs'), 1)
    assert.equal(parseDuration('1000μs'), 1)
    assert.equal(parseDuration('1000000ns'), 1)
    assert.equal(parseDuration('-1m'), -60_000)
  })

  test('reads nothing else', () => {
    for (const text of ['', 's', '1.5', '1d', '1 s', '1s ', '1m30', '.s', '1..5s']) {
      assert.equal(parseDuration(text), undefined, text)
    }
  })

  test('agrees with the seconds it was written from', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(59), fc.nat(59), (h, m, s) => {
        assert.equal(parseDuration(`${h}h${m}m${s}s`), ((h * 60 + m) * 60 + s) * 1000)
      }),
    )
  })
})
