import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripPrefix } from '../../../src/middleware/strip-prefix.ts'
import { allEscapes } from '../../support/entrypoint-options.ts'
import { answerPath, field, record } from './raw-client.ts'

describe('an entrypoint that does not sanitize paths', () => {
  it('shows rules and members what was sent, with its escapes normalised', async () => {
    await using web = await record({ paths: { sanitize: false } })
    assert.equal((await web.ask('GET //a/%2e%2e/./%7eb%2fc HTTP/1.1\r\nHost: a\r\n\r\n')).body, '//a/.././~b%2Fc')
    assert.equal(web.exchanges[0]?.head.path, '//a/.././~b%2Fc')
  })

  it('lets no one climb out of a prefix that is stripped', async () => {
    const strip = stripPrefix({ kind: 'stripPrefix', prefixes: ['/public'], forceSlash: false })
    await using web = await record({ paths: { sanitize: false } }, strip(answerPath))
    assert.equal((await web.ask('GET /public/../admin HTTP/1.1\r\nHost: a\r\n\r\n')).status, 400)
    assert.equal((await web.ask('GET /public/%2E%2E/admin HTTP/1.1\r\nHost: a\r\n\r\n')).status, 400)
    assert.equal((await web.ask('GET /public/admin HTTP/1.1\r\nHost: a\r\n\r\n')).body, '/admin')
  })

  it('refuses a raw # as ever', async () => {
    await using web = await record({ paths: { sanitize: false } })
    assert.equal((await web.ask('GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n')).status, 400)
  })
})

describe('encoded characters', () => {
  const options = [
    ['allowEncodedSlash', '%2f'],
    ['allowEncodedBackSlash', '%5C'],
    ['allowEncodedNullCharacter', '%00'],
    ['allowEncodedSemicolon', '%3b'],
    ['allowEncodedPercent', '%25'],
    ['allowEncodedQuestionMark', '%3F'],
    ['allowEncodedHash', '%23'],
  ] as const
  for (const [option, escape] of options) {
    it(`${option}=false answers 400 to ${escape}, and to no other`, async () => {
      await using web = await record({ paths: { encodedCharacters: { ...allEscapes, [option]: false } } })
      for (const [, each] of options) {
        const { status } = await web.ask(`GET /a${each}b?q=${each} HTTP/1.1\r\nHost: a\r\n\r\n`)
        assert.equal(status, each === escape ? 400 : 200, each)
      }
      assert.equal((await web.ask(`GET /?q=${escape} HTTP/1.1\r\nHost: a\r\n\r\n`)).status, 200, 'a query may hold it')
    })
  }
})

describe('a semicolon in a query', () => {
  const request = 'GET /a;b?x=1;y=2;z=%3B HTTP/1.1\r\nHost: a\r\n\r\n'

  it('separates for rules and members alike, as in Traefik', async () => {
    await using web = await record()
    await web.ask(request)
    assert.equal(web.exchanges[0]?.head.query, 'x=1&y=2&z=%3B')
    assert.equal(web.exchanges[0]?.head.path, '/a;b')
  })

  it('is part of the value with encodeQuerySemicolons', async () => {
    await using web = await record({ paths: { encodeQuerySemicolons: true } })
    await web.ask(request)
    assert.equal(web.exchanges[0]?.head.query, 'x=1%3By=2%3Bz=%3B')
  })
})

describe('fields with an underscore', () => {
  it('are answered 400 on reject, whoever sends them', async () => {
    await using web = await record({ forwardedHeaders: { insecure: true }, paths: { underscoreHeaders: 'reject' } })
    assert.equal((await web.ask('GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\n\r\n')).status, 400)
    assert.equal((await web.ask('GET / HTTP/1.1\r\nHost: a\r\nX-Y: a_b\r\n\r\n')).status, 200)
  })

  it('reach nobody on delete', async () => {
    await using web = await record({ paths: { underscoreHeaders: 'delete' } })
    await web.ask('GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\nX-Y: 2\r\n\r\n')
    assert.deepEqual(web.exchanges[0]?.head.fields, ['Host', 'a', 'X-Y', '2'])
    assert.equal(field(web.exchanges[0], 'X_Y'), undefined)
  })
})

describe('notAppendXForwardedFor', () => {
  const cases = [
    [true, 'X-Forwarded-For: 6.6.6.6\r\n', '6.6.6.6'],
    [true, '', undefined],
    [false, 'X-Forwarded-For: 6.6.6.6\r\n', undefined],
  ] as const
  for (const [insecure, sent, expected] of cases) {
    it(`gives the member ${expected ?? 'none'} of ${insecure ? 'a trusted' : 'an untrusted'} client's "${sent.trim()}"`, async () => {
      await using web = await record({ forwardedHeaders: { insecure, notAppendXForwardedFor: true } })
      await web.ask(`GET / HTTP/1.1\r\nHost: a\r\n${sent}\r\n`)
      assert.equal(field(web.exchanges[0], 'X-Forwarded-For'), expected)
      assert.equal(field(web.exchanges[0], 'X-Real-Ip'), '127.0.0.1')
    })
  }
})
