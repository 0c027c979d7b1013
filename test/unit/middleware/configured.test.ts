// From a file's lines to what client and member see: chains, passReverse and security fields in all of Muster.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMuster } from '../../support/app.ts'
import { ask } from '../../support/edge.ts'
import { configFile, openMemberWith } from '../../support/file-config.ts'

const middlewares = `
    strip:
      stripPrefix:
        prefixes: [/api]
    back:
      passReverse: {}
    secure:
      headers:
        frameDeny: true
        customRequestHeaders:
          X-Script-Name: /api
        customResponseHeaders:
          Server: ""
    all:
      chain:
        middlewares: [secure, back, strip]
    away:
      redirectRegex:
        regex: ^http://([^/]+)/old/(.*)$
        replacement: http://$1/api/$2
`

test('a chain from a file shapes path and heads, and the answer leads back through the prefix', async () => {
  await using member = await openMemberWith((request, response) => {
    const { url, headers } = request
    response.writeHead(302, { Location: '/login', Server: 'inside', 'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/b'] })
    response.end(`${url} ${String(headers['x-script-name'])} ${String(headers['x-forwarded-prefix'])}`)
  })
  await using file = await configFile(`
http:
  routers:
    api:
      rule: PathPrefix(\`/api\`)
      middlewares: [all]
      service: web
    old:
      rule: PathPrefix(\`/old\`)
      middlewares: [away]
      service: web
  services:
    web:
      loadBalancer:
        servers:
          - url: ${member.url}
  middlewares:${middlewares}`)
  await using muster = await startMuster(`--providers.file.filename=${file.path}`)
  await muster.logged(({ fields }) => JSON.stringify(fields['added'] ?? '').includes('router api@file'))
  const answer = await ask(muster.port, '/api/x?y')
  assert.equal(answer.body, '/x?y /api /api')
  assert.deepEqual(answer.fields.get('location'), ['/api/login'])
  assert.deepEqual(answer.fields.get('set-cookie'), ['a=1; Path=/api', 'b=2; Path=/api/b'])
  assert.deepEqual(answer.fields.get('x-frame-options'), ['DENY'])
  assert.equal(answer.fields.get('server'), undefined)

  const old = await ask(muster.port, '/old/x?y', { host: 'a.example' })
  assert.deepEqual([old.status, old.fields.get('location')], [302, ['http://a.example/api/x?y']])
})
