import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAuthority } from '../../../src/entrypoint/authority.ts'

const accepted: readonly (readonly [text: string, host: string, port: string])[] = [
  ['a.local', 'a.local', ''],
  ['A.LOCAL:80', 'a.local', '80'],
  ['a.', 'a', ''],
  ['a.local.:8080', 'a.local', '8080'],
  ['a.local:', 'a.local', ''],
  ['my_service-1', 'my_service-1', ''],
  ['10.0.0.1:65535', '10.0.0.1', '65535'],
  ['[::1]', '::1', ''],
  ['[FE80::1]:443', 'fe80::1', '443'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example', ''],
]

const refused = [
  '',
  '.',
  '..',
  '.a',
  'a..b',
  'a..',
  ':80',
  '/',
  'a/evil',
  'a\\b',
  'a@b',
  'a#b',
  'a?b',
  'a, b',
  'a,b',
  'a b',
  'a%2fb',
  'b\u00fccher',
  'a\u0000',
  'a\tb',
  'a*',
  'a:b',
  'a:80:80',
  'a:65536',
  'a:123456',
  'a:-1',
  'a:+1',
  '[::1',
  '[::1]x',
  '[::1]:x',
  '[]',
  '[127.0.0.1]',
  '[fe80::1%eth0]',
  '::1',
  'a'.repeat(256),
]

describe('parseAuthority', () => {
  for (const [text, host, port] of accepted) {
    it(`reads ${JSON.stringify(text)} as host ${host}`, () => {
      assert.deepEqual(parseAuthority(text), { host, port })
    })
  }

  for (const text of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.equal(parseAuthority(text), undefined)
    })
  }
})
