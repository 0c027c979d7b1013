import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rememberByText } from '../../../src/exchange/known-texts.ts'

test('a text is worked out once, one without an answer each time', () => {
  const asked: string[] = []
  const lengthOf = rememberByText((text) => {
    asked.push(text)
    return text === '' ? undefined : text.length
  })
  assert.deepEqual(['ab', 'ab', '', ''].map(lengthOf), [2, 2, undefined, undefined])
  assert.deepEqual(asked, ['ab', '', ''])
})

test('strangers cannot make it grow: past a thousand texts each is worked out anew', () => {
  let asked = 0
  const known = rememberByText((text) => {
    asked++
    return text
  })
  for (let i = 0; i < 1000; i++) known(`x${i}`)
  for (const text of ['late', 'late', 'x999', '\u00e9t\u00e9']) assert.equal(known(text), text)
  assert.equal(asked, 1003)
})
