import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { fieldRoles } from '../../../src/entrypoint/field-roles.ts'
import { readFields } from '../../../src/entrypoint/request-fields.ts'
import type { FieldRules } from '../../../src/entrypoint/request-fields.ts'
import { raw } from './raw-client.ts'

const rules: FieldRules = { roleOf: fieldRoles(undefined), shownThoughNamed: new Set() }

function endToEnd(lines: string, trusted = false): readonly string[] {
  return readFields(raw(lines), trusted, rules).endToEnd
}

const forwardedLines = `
  X-Forwarded-For: 6.6.6.6
  x-forwarded-proto: https
  X-Forwarded-Host: evil
  X-FORWARDED-PORT: 1
  X-Forwarded-Prefix: /admin
  X-Forwarded-Scheme: https
  X-Forwarded-Tls-Client-Cert: x
  X-Forwarded-Server: x
  X-Real-IP: 6.6.6.6
  Forwarded: for=6.6.6.6`

describe('readFields', () => {
  it('keeps case, order and repeats of end-to-end fields', () => {
    const lines = `
      X-B: 1
      accept: a
      X-b: 2
      ACCEPT: b`
    assert.deepEqual(endToEnd(lines), raw(lines))
  })

  it('takes out what concerns this connection or frames the message', () => {
    const lines = `
      Host: a
      Connection: keep-alive
      Keep-Alive: timeout=5
      Content-Length: 3
      Expect: 100-continue
      Transfer-Encoding: chunked
      Trailer: X
      Upgrade: h2c
      HTTP2-Settings: AAMAAABk
      TE: gzip
      Proxy-Authorization: Basic x
      Proxy-Connection: close
      Proxy-Anything: x
      Proxy: evil`
    assert.deepEqual(readFields(raw(lines), true, rules), {
      host: 'a',
      contentLength: '3',
      transferEncoding: 'chunked',
      expect: '100-continue',
      forwardedFor: undefined,
      endToEnd: [],
      // A rule may ask for an upgrade, and the like.
      visible: raw(lines),
    })
  })

  it('shows rules what is received, save what an untrusted client claims a proxy said', () => {
    const honest = `
      Host: a
      Connection: Upgrade
      Upgrade: websocket
      X-Mine: 1`
    const lines = `${honest}${forwardedLines}\nX_Forwarded_For: 6.6.6.6\nx_real_ip: 6.6.6.6`
    assert.deepEqual(readFields(raw(lines), false, rules).visible, raw(honest))
    const believed = raw(`${honest}${forwardedLines}`).filter(
      (_, index, all) => all[index - (index % 2)] !== 'X-Forwarded-Server',
    )
    assert.deepEqual(readFields(raw(lines), true, rules).visible, believed)
  })

  it('passes on that trailers are welcome, though Connection names TE', () => {
    assert.deepEqual(endToEnd('te: trailers\nConnection: TE'), ['TE', 'trailers'])
  })

  it('strips the fields the Connection field names, in any case, wherever they stand', () => {
    const lines = `
      X-Secret: 1
      A: b
      Connection: close, x-SECRET
      connection:  foo ,, bar
      Foo: 2
      x-secret: 3`
    assert.deepEqual(endToEnd(lines), ['A', 'b'])
  })

  it('shows rules no field that Connection takes away, but those it is told to; a member gets neither', () => {
    const lines = raw('Connection: X-Gone, X-Shown\nX-Gone: 1\nX-Shown: 2\nX-Kept: 3')
    const fields = readFields(lines, false, { ...rules, shownThoughNamed: new Set(['x-shown']) })
    assert.deepEqual(fields.visible, raw('Connection: X-Gone, X-Shown\nX-Shown: 2\nX-Kept: 3'))
    assert.deepEqual(fields.endToEnd, raw('X-Kept: 3'))
  })

  it('lets no Connection field strip credentials, cookies, Host or forwarded fields', () => {
    const kept = `
      Authorization: Bearer t
      Cookie: a=1
      X-Real-Ip: 1.1.1.1
      X-Forwarded-Proto: https
      Forwarded: for=1.1.1.1`
    const connection = 'close, x-forwarded-for, X-REAL-IP, host, authorization, cookie, x-forwarded-proto, forwarded'
    const fields = readFields(raw(`Connection: ${connection}\nHost: h\nX-Forwarded-For: 1.1.1.1${kept}`), true, rules)
    assert.deepEqual(fields.endToEnd, raw(kept))
    assert.equal(fields.host, 'h')
    assert.equal(fields.forwardedFor, '1.1.1.1')
  })

  it('keeps nothing that claims to be forwarded from a peer that is not trusted', () => {
    const fields = readFields(raw(forwardedLines), false, rules)
    assert.deepEqual(fields.endToEnd, [])
    assert.equal(fields.forwardedFor, undefined)
  })

  it('joins X-Forwarded-For of a trusted peer and keeps the rest, but never the name of another proxy', () => {
    const fields = readFields(raw(`${forwardedLines}\nx-forwarded-for: 7.7.7.7`), true, rules)
    assert.equal(fields.forwardedFor, '6.6.6.6, 7.7.7.7')
    assert.equal(fields.endToEnd.includes('X-Forwarded-Server'), false)
    assert.equal(fields.endToEnd.length / 2, 8)
  })

  it('drops underscore aliases of the names it manages, even from a trusted peer, and keeps other underscores', () => {
    const others = `
      X_Auth_User: admin
      __proto__: x
      constructor: y`
    const aliases = `
      X_Forwarded_For: 1
      X-Forwarded_Proto: https
      X_REAL_IP: 1
      content_length: 5
      Transfer_Encoding: x
      proxy_authorization: x
      keep_alive: x`
    assert.deepEqual(endToEnd(aliases + others, true), raw(others))
  })

  const underscored = 'X_Auth_User: admin\nX_Forwarded_For: 6.6.6.6\nTransfer_Encoding: x\nX-Plain: 1'
  const strategies = [
    ['keep', false, 'X_Auth_User: admin\nTransfer_Encoding: x\nX-Plain: 1'],
    ['keep', true, underscored],
    ['delete', true, 'X-Plain: 1'],
    ['reject', true, 'X-Plain: 1'],
  ] as const
  for (const [strategy, trusted, kept] of strategies) {
    const who = trusted ? 'a trusted client' : 'anybody'
    it(`with underscore fields on ${strategy}, passes on and shows of ${who} ${kept.replaceAll('\n', ', ')}`, () => {
      const fields = readFields(raw(underscored), trusted, { ...rules, roleOf: fieldRoles(strategy) })
      assert.deepEqual(fields.endToEnd, raw(kept))
      assert.deepEqual(fields.visible, raw(kept))
    })
  }

  it('joins repeated Cookie lines at the place of the first', () => {
    assert.deepEqual(endToEnd('Cookie: a=1\nX: y\ncookie: b=2\nCOOKIE: c=3'), ['Cookie', 'a=1; b=2; c=3', 'X', 'y'])
  })

  it('joins repeated framing and Host lines into values no check accepts', () => {
    const twice = 'Host: a\nContent-Length: 1\nTransfer-Encoding: chunked'
    const fields = readFields(raw(`${twice}\n${twice.toLowerCase()}`), false, rules)
    assert.equal(fields.host, 'a, a')
    assert.equal(fields.contentLength, '1, 1')
    assert.equal(fields.transferEncoding, 'chunked, chunked')
  })

  it('never lets a hop-by-hop field through, whatever its case and place', () => {
    const hopByHop = ['connection', 'keep-alive', 'proxy', 'transfer-encoding', 'upgrade', 'trailer', 'x-gone']
    const name = fc
      .constantFrom(...hopByHop, 'accept', 'x-a')
      .chain((text) => fc.constantFrom(text, text.toUpperCase()))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constantFrom('x', 'close')), { maxLength: 20 }), (pairs) => {
        const kept = readFields([...pairs.flat(), 'Connection', 'X-Gone'], false, rules).endToEnd
        const names = kept.filter((_, i) => i % 2 === 0).map((text) => text.toLowerCase())
        const sent = pairs.map(([text]) => text.toLowerCase())
        assert.deepEqual(
          names,
          sent.filter((text) => !hopByHop.includes(text)),
        )
      }),
    )
  })
})
