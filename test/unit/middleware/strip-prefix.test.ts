import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chain } from '../../../src/middleware/compile-middleware.ts'
import { stripPrefix } from '../../../src/middleware/strip-prefix.ts'
import { respond } from '../../../src/exchange/respond.ts'
import type { Handler } from '../../../src/exchange/exchange.ts'
import { ask, openEdge } from '../../support/edge.ts'

/** Answers what a member would be asked for. */
const echo: Handler = (exchange) => {
  const at = exchange.fields.indexOf('X-Forwarded-Prefix')
  const prefixes =
    at === -1
      ? 'none'
      : exchange.fields
          .slice(at)
          .filter((_, i) => i % 2 === 1)
          .join(' ')
  respond(exchange, 200, `${exchange.path || '(empty)'} prefix=${prefixes}`)
  return Promise.resolve()
}

const cases: readonly (readonly [prefixes: string[], path: string, seen: string])[] = [
  [['/api/jokes/'], '/api/jokes/abc?x=1', '/abc prefix=/api/jokes/'],
  [['/api/jokes/'], '/api/jokes/', '(empty) prefix=/api/jokes/'],
  [['/api/jokes/'], '/api/jokes', '/api/jokes prefix=none'],
  [['/api'], '/api', '(empty) prefix=/api'],
  [['/api'], '/apix', '/x prefix=/api'],
  [['/a', '/api'], '/api/x', '/pi/x prefix=/a'],
  [['/api'], '/other', '/other prefix=none'],
  [['/api'], '/api/a%2Fb', '/a%2Fb prefix=/api'],
]

for (const [prefixes, path, seen] of cases) {
  test(`${path} without ${prefixes.join(' or ')} is asked for as ${seen}`, async () => {
    await using edge = await openEdge(chain([stripPrefix({ kind: 'stripPrefix', prefixes, forceSlash: false })], echo))
    assert.equal((await ask(edge.port, path)).body, seen)
  })
}

test('forceSlash makes nothing a slash', async () => {
  await using edge = await openEdge(stripPrefix({ kind: 'stripPrefix', prefixes: ['/api'], forceSlash: true })(echo))
  assert.equal((await ask(edge.port, '/api')).body, '/ prefix=/api')
})

for (const path of ['/api../admin', '/api./x', '/api%2e%2e/x']) {
  test(`${path} does not climb out of the prefix it was routed by`, async () => {
    await using edge = await openEdge(stripPrefix({ kind: 'stripPrefix', prefixes: ['/api'], forceSlash: false })(echo))
    assert.equal((await ask(edge.port, path)).status, 400)
  })
}

test('the first middleware of a chain sees the request first', async () => {
  const outer = stripPrefix({ kind: 'stripPrefix', prefixes: ['/a'], forceSlash: false })
  const inner = stripPrefix({ kind: 'stripPrefix', prefixes: ['/b'], forceSlash: false })
  await using edge = await openEdge(chain([outer, inner], echo))
  assert.equal((await ask(edge.port, '/a/b/c')).body, '/c prefix=/a /b')
})
