// A request through all of Muster: file provider → snapshot → entrypoint → member, over real sockets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from '../support/edge.ts'
import { configFile, openMember } from '../support/file-config.ts'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'

test('a request finds its member through rule, stripPrefix and balancer, in strict turn and without a cookie', async () => {
  await using a = await openMember('a')
  await using b = await openMember('b')
  await using config = await configFile(`
http:
  routers:
    jokes: { rule: Host(\`demo.res.ch\`) && PathPrefix(\`/api/jokes/\`), service: dynamic, middlewares: [strip] }
  middlewares:
    strip: { stripPrefix: { prefixes: [/api/jokes/] } }
  services:
    dynamic: { loadBalancer: { servers: [{ url: '${a.url}' }, { url: '${b.url}' }] } }
`)
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await updated(muster)
  const answers = []
  for (let i = 0; i < 4; i++) answers.push(await ask(muster.port, '/api/jokes/abc?x=1', { host: 'demo.res.ch' }))
  assert.deepEqual(
    answers.map(({ body }) => body.split(' ').slice(0, 2).join(' ')),
    ['a /abc?x=1', 'b /abc?x=1', 'a /abc?x=1', 'b /abc?x=1'],
  )
  assert.match(answers[0]?.body ?? '', /x-forwarded-prefix=\/api\/jokes\//)
  assert.equal(
    answers.some(({ fields }) => fields.has('set-cookie')),
    false,
  )
  assert.equal((await ask(muster.port, '/', { host: 'demo.res.ch' })).status, 404)
})

test('a member that cannot be reached costs no request while there is another, and is a 502 when there is none', async () => {
  await using a = await openMember('a')
  const gone = await (async () => {
    await using closed = await openMember('gone')
    return closed.url
  })()
  await using config = await configFile(`
http:
  routers:
    both: { rule: PathPrefix(\`/\`), service: both }
    alone: { rule: PathPrefix(\`/alone\`), service: alone }
  services:
    both: { loadBalancer: { servers: [{ url: '${gone}' }, { url: '${a.url}' }] } }
    alone: { loadBalancer: { servers: [{ url: '${gone}' }] } }
`)
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await updated(muster)
  for (let i = 0; i < 4; i++) assert.equal((await ask(muster.port, '/')).status, 200)
  const alone = await ask(muster.port, '/alone')
  assert.deepEqual([alone.status, alone.body], [502, 'Bad Gateway'])
})

test('a changed file is served without a restart, a broken one changes nothing and is reported', async () => {
  await using a = await openMember('a')
  const text = (rule: string) => `
http:
  routers: { r: { rule: "${rule}", service: s } }
  services: { s: { loadBalancer: { servers: [{ url: '${a.url}' }] } } }
`
  await using config = await configFile(text('Path(`/one`)'))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await updated(muster)
  assert.equal((await ask(muster.port, '/one')).status, 200)

  await config.write(text('Path(`/two`)'))
  await muster.logged(({ fields }) => JSON.stringify(fields['changed']) === '["router r@file"]')
  assert.equal((await ask(muster.port, '/one')).status, 404)
  assert.equal((await ask(muster.port, '/two')).status, 200)

  await config.write('http: [')
  const problem = await muster.logged(({ message }) => message === 'problem in the configuration')
  assert.equal(problem.fields['provider'], 'file')
  assert.equal((await ask(muster.port, '/two')).status, 200)
})

test('before any provider has spoken the answer is 503, not a 404 that could be believed', async () => {
  await using muster = await startMuster(
    '--providers.docker.endpoint=unix:///nonexistent/docker.sock',
    '--hold.timeout=0',
  )
  const answer = await ask(muster.port, '/')
  assert.deepEqual([answer.status, answer.body], [503, 'no configuration yet\n'])
  const line = await muster.logged(({ level }) => level === 'warn')
  assert.match(line.message, /\/nonexistent\/docker\.sock/)
})

test('an unknown member of the API is a 404 with a message, another method a 405', async () => {
  await using muster = await startMuster()
  await updated(muster)
  const missing = await ask(muster.apiPort, '/api/http/routers/nothing@docker')
  assert.equal(missing.status, 404)
  assert.match(missing.body, /"message"/)
  assert.equal((await ask(muster.apiPort, '/api/rawdata', { method: 'POST' })).status, 405)
  assert.equal((await ask(muster.apiPort, '/ping')).body, 'OK')
})

async function updated(muster: RunningApp): Promise<void> {
  await muster.logged(({ message }) => message === 'configuration updated')
}

test('without the dashboard the API is served and the pages are not', async () => {
  await using muster = await startMuster('--api.dashboard=false')
  await updated(muster)
  assert.equal((await ask(muster.apiPort, '/api/version')).status, 200)
  assert.equal((await ask(muster.apiPort, '/balancer-manager')).status, 404)
  assert.equal((await ask(muster.apiPort, '/')).status, 404)
})
