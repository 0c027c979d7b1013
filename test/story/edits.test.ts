// Edits at run time, over real sockets: who may make them, when they hold, what is left of them, and who is told.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { post, session } from '../support/editor.ts'
import { openEvents } from '../support/event-source.ts'
import { eventually } from '../support/eventually.ts'
import { configFile, openMember } from '../support/file-config.ts'
import type { ConfigFile, TestMember } from '../support/file-config.ts'

const service = 's@file'
const path = '/api/muster/balancers'
let a: TestMember
let b: TestMember
let config: ConfigFile

before(async () => {
  a = await openMember('a')
  b = await openMember('b')
  config = await configFile(twoMembers(a, b))
})
after(async () => {
  await config[Symbol.asyncDispose]()
  await a[Symbol.asyncDispose]()
  await b[Symbol.asyncDispose]()
})

for (const threads of [0, 2]) {
  test(`with ${threads} threads, an edit holds once it is answered, is shown, and can be undone`, async () => {
    await using muster = await started(`--threads=${threads}`)
    const slot = a.url
    const posted = await post(muster.apiPort, path, { service, slot, set: { weight: 3 } })
    assert.equal(posted.status, 200)
    assert.deepEqual(posted.answer['set'], { weight: 3 })
    assert.deepEqual(await turns(muster, 8), { a: 6, b: 2 })
    assert.deepEqual(await shown(muster, slot), { weight: 3, edited: { weight: 3 } })

    const { edit } = posted.answer
    const undone = await post(muster.apiPort, '/api/muster/undo', { edit })
    assert.equal(undone.status, 200)
    assert.deepEqual(await turns(muster, 8), { a: 4, b: 4 })
    assert.deepEqual(await shown(muster, slot), { weight: 1, edited: undefined })
    const again = await post(muster.apiPort, '/api/muster/undo', { edit })
    assert.equal(again.status, 409)
    assert.match(String(again.answer['message']), /weight of http:\/\/127\.0\.0\.1:\d+ was changed since by edit \d+/)

    const entries = JSON.parse((await ask(muster.apiPort, '/api/muster/journal')).body) as {
      kind: string
      what: string
    }[]
    const made = entries.filter(({ kind }) => kind === 'edit' || kind === 'update').map(({ what }) => what)
    const words = [`weight 3 of ${slot}`, `weight as declared of ${slot}`]
    assert.deepEqual(
      made.slice(-4),
      words.flatMap((what) => [what, `edit: ${what}`]),
    )
  })

  test(`with ${threads} threads, a member that is drained and resumed is as declared again`, async () => {
    await using muster = await started(`--threads=${threads}`)
    const slot = a.url
    assert.equal((await post(muster.apiPort, path, { service, slot, set: { status: 'N' } })).status, 200)
    assert.deepEqual(await turns(muster, 4), { b: 4 })
    const { answer } = await post(muster.apiPort, path, { service, slot, set: { status: '' } })
    assert.deepEqual(answer['set'], { status: null })
    assert.deepEqual(await turns(muster, 4), { a: 2, b: 2 })
    assert.deepEqual(await shown(muster, slot), { weight: 1, edited: undefined })
  })

  test(`with ${threads} threads, events tell the state and what changes, and a stop does not wait for them`, async () => {
    const muster = await started(`--threads=${threads}`)
    using events = await openEvents(muster.apiPort, '/api/muster/events')
    assert.equal(events.response.headers['content-type'], 'text/event-stream')
    assert.equal(events.response.headers['access-control-allow-origin'], undefined)
    const first = state(await events.next())
    assert.deepEqual(
      first.balancers.map(({ name }) => name),
      [service],
    )
    assert.ok(first.journal.length > 0)
    await post(muster.apiPort, path, { service, set: { failover: false } })
    await eventually(async () => {
      const { balancers, journal } = state(await events.next())
      assert.ok(journal.every(({ id }) => id > (first.journal.at(-1)?.id ?? 0)))
      assert.deepEqual(balancers[0]?.edited, { failover: false })
    }, 10_000)
    const stopping = muster[Symbol.asyncDispose]()
    assert.match(await events.rest(), /retry: 2000\n\n$/)
    await stopping
  })
}

test('a client of events that leaves takes its stream along', async () => {
  await using muster = await started()
  const open = await Promise.all(Array.from({ length: 64 }, () => openEvents(muster.apiPort, '/api/muster/events')))
  assert.equal((await ask(muster.apiPort, '/api/muster/events')).status, 503)
  for (const events of open) events[Symbol.dispose]()
  await eventually(async () => {
    using events = await openEvents(muster.apiPort, '/api/muster/events')
    assert.equal(events.status, 200)
  }, 10_000)
})

test('edits, and the secret, outlive the process, and wait for members that are not there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'muster-edits-'))
  const file = join(directory, 'state.json')
  try {
    {
      await using muster = await started(`--api.stateFile=${file}`)
      const { persists, file: told } = await session(muster.apiPort)
      assert.deepEqual([persists, told], [true, file])
      assert.equal((await post(muster.apiPort, path, { service, slot: a.url, set: { weight: 3 } })).status, 200)
      assert.equal((await post(muster.apiPort, path, { service, slot: b.url, set: { lbset: 2 } })).status, 200)
      assert.equal((await post(muster.apiPort, path, { service, set: { method: 'p2c' } })).status, 200)
    }
    const { secret } = JSON.parse(await readFile(file, 'utf8')) as { secret: string }
    await using alone = await configFile(twoMembers(a))
    {
      await using muster = await started(`--api.stateFile=${file}`, `--providers.file.filename=${alone.path}`)
      assert.deepEqual(await shown(muster, a.url), { weight: 3, edited: { weight: 3 } })
      const everything = await Promise.all(
        [path, '/api/rawdata', '/api/overview', '/api/muster/session', '/api/muster/journal'].map(
          async (at) => (await ask(muster.apiPort, at)).body,
        ),
      )
      assert.ok(!everything.join('').includes(secret))
      assert.ok(!JSON.stringify(muster.log).includes(secret))
    }
    await using muster = await started(`--api.stateFile=${file}`)
    assert.deepEqual(await shown(muster, b.url), { weight: 1, edited: { lbset: 2 } })
    assert.equal((JSON.parse(await readFile(file, 'utf8')) as { secret: string }).secret, secret)
  } finally {
    await rm(directory, { recursive: true })
  }
})

describe('an edit is refused', () => {
  let muster: RunningApp
  before(async () => {
    muster = await started('--api.allowedHosts=lb.example,*.example.org')
  })
  after(async () => {
    // None of them has changed anything.
    assert.deepEqual(await shown(muster, a.url), { weight: 1, edited: undefined })
    await muster[Symbol.asyncDispose]()
  })
  const good = () => ({ service, slot: a.url, set: { weight: 3 } })
  const shape = `${'A'.repeat(32)}.${'B'.repeat(43)}`

  const forbidden: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
    ['without a token', { 'x-muster-token': undefined }, /X-Muster-Token is missing/],
    ['with a token that is none', { 'x-muster-token': 'letmein' }, /X-Muster-Token is wrong/],
    ['with a token of a former process', { 'x-muster-token': shape }, /X-Muster-Token is stale/],
    ['from the origin null', { origin: 'null' }, /another origin/],
    ['from another host', { origin: 'http://evil.example' }, /another origin/],
    ['from another port of this host', { origin: 'http://127.0.0.1:1' }, /another origin/],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, /another site/],
    ['from another host of this site', { 'sec-fetch-site': 'same-site' }, /another site/],
    ['by a name that strangers made up', { host: 'rebind.evil', origin: 'http://rebind.evil' }, /--api\.allowedHosts/],
    ['by a name below an allowed one', { host: 'x.lb.example', origin: undefined }, /--api\.allowedHosts/],
  ]
  for (const [name, fields, reason] of forbidden) {
    test(name, async () => {
      for (const at of [path, '/api/muster/undo']) {
        const { status, answer } = await post(muster.apiPort, at, good(), fields)
        assert.equal(status, 403)
        assert.match(String(answer['message']), reason)
      }
    })
  }

  test('with a token that was given out before a restart', async () => {
    const former = await started()
    const { token } = await session(former.apiPort)
    await former[Symbol.asyncDispose]()
    const { status, answer } = await post(muster.apiPort, path, good(), { 'x-muster-token': token })
    assert.equal(status, 403)
    assert.match(String(answer['message']), /stale: Muster was restarted since/)
  })

  const bad: readonly (readonly [string, number, unknown, RegExp])[] = [
    ['that is not JSON', 400, '{"service": nope', /not JSON: .*nope/],
    ['that is empty', 400, '', /not JSON/],
    ['that is no edit', 400, [], /an edit is an object/],
    ['with an unknown field', 400, { service, slot: 'x', set: { weigth: 1 } }, /did you mean "weight"/],
    [
      'of an unknown balancer',
      404,
      { service: 'z@file', set: { failover: true } },
      /no balancer "z@file"; did you mean/,
    ],
    [
      'of a member that has left',
      404,
      { service, slot: 'http://gone', set: { weight: 1 } },
      /edited as before when it c/,
    ],
  ]
  for (const [name, status, body, reason] of bad) {
    test(name, async () => {
      const posted = await post(muster.apiPort, path, body)
      assert.equal(posted.status, status)
      assert.match(String(posted.answer['message']), reason)
    })
  }

  test('with a route that another member has', async () => {
    const route = b.url.replace('http://', '').replaceAll(/[.:]/g, '-')
    const { status, answer } = await post(muster.apiPort, path, { service, slot: a.url, set: { route } })
    assert.equal(status, 409)
    assert.match(String(answer['message']), /two members of one balancer cannot share it/)
  })

  test('as another type than JSON, which a form could send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', undefined]) {
      assert.equal((await post(muster.apiPort, path, good(), { 'content-type': type })).status, 415)
    }
  })

  test('when it is too large', async () => {
    assert.equal((await post(muster.apiPort, path, ' '.repeat(65_537))).status, 413)
  })

  test('by any other method', async () => {
    const { token } = await session(muster.apiPort)
    const fields = { 'x-muster-token': token, 'content-type': 'application/json' }
    const query = `?service=${service}&slot=${encodeURIComponent(a.url)}&set=%7B%22weight%22:3%7D`
    assert.equal((await ask(muster.apiPort, `${path}${query}`, { fields })).status, 200)
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const { status, fields: told } = await ask(muster.apiPort, path, { method, fields })
      assert.equal(status, 405)
      assert.deepEqual(told.get('allow'), ['GET, HEAD, POST'])
    }
    assert.equal((await ask(muster.apiPort, '/api/muster/undo')).status, 405)
    assert.equal((await ask(muster.apiPort, '/api/version', { method: 'POST' })).status, 405)
  })

  test('when there is nothing to undo', async () => {
    assert.equal((await post(muster.apiPort, '/api/muster/undo', { edit: 1 })).status, 404)
    assert.equal((await post(muster.apiPort, '/api/muster/undo', { edit: '1' })).status, 400)
  })

  test('and so is the token, to other sites and by other names', async () => {
    for (const [fields, reason] of [
      [{ 'sec-fetch-site': 'cross-site' }, /another site/],
      [{ 'sec-fetch-site': 'same-site' }, /another site/],
      [{ host: 'rebind.evil' }, /--api\.allowedHosts/],
    ] as const) {
      const { status, body } = await ask(muster.apiPort, '/api/muster/session', { fields })
      assert.equal(status, 403)
      assert.match(body, reason)
      assert.doesNotMatch(body, /token"/)
    }
    const cross = await ask(muster.apiPort, '/api/muster/events', { fields: { 'sec-fetch-site': 'cross-site' } })
    assert.equal(cross.status, 403)
  })
})

describe('an edit is taken', () => {
  const set = { weight: 2 }

  test('by names nobody else can make up, and those that were allowed', async () => {
    await using muster = await started('--api.allowedHosts=lb.example,*.example.org')
    for (const name of [
      'localhost',
      'a.localhost',
      'muster',
      '[::1]:81',
      '10.0.0.1',
      'LB.example:8080',
      'x.example.org',
    ]) {
      const { status, answer } = await post(muster.apiPort, path, { service, slot: a.url, set }, { host: name })
      assert.equal(status, 200, `${name}: ${String(answer['message'])}`)
    }
  })

  test('by programs that are no browsers', async () => {
    await using muster = await started()
    const fields = { origin: undefined, 'sec-fetch-site': undefined }
    assert.equal((await post(muster.apiPort, path, { service, slot: a.url, set }, fields)).status, 200)
  })

  test('through a router of the user’s own only when the settings say so, by the name in its rule', async () => {
    const fields = { host: 'lb.local.example' }
    {
      await using muster = await started('--api.insecure=false', '--api')
      const { editable, reason, token } = await session(muster.port, 'lb.local.example')
      assert.equal(editable, false)
      assert.match(reason ?? '', /not taken through the router "manager@file".*--api\.edit/)
      const body = { service, slot: a.url, set }
      const refused = await post(muster.port, path, body, { ...fields, 'x-muster-token': token })
      assert.equal(refused.status, 403)
      assert.equal(refused.answer['message'], reason)
    }
    await using muster = await started('--api.insecure=false', '--api.edit')
    const { token } = await session(muster.port, 'lb.local.example')
    const posted = await post(muster.port, path, { service, slot: a.url, set }, { ...fields, 'x-muster-token': token })
    assert.equal(posted.status, 200)
    const other = await ask(muster.port, '/api/muster/session', { host: 'other.local.example' })
    assert.equal(other.status, 404)
  })
})

test('answers of the API cannot be framed, guessed at or read by other origins', async () => {
  await using muster = await started()
  for (const at of ['/api/version', '/api/muster/session', '/api/muster/balancers', '/api/nothing']) {
    const { fields } = await ask(muster.apiPort, at, { fields: { origin: 'http://evil.example' } })
    assert.deepEqual(fields.get('x-frame-options'), ['DENY'])
    assert.deepEqual(fields.get('x-content-type-options'), ['nosniff'])
    assert.equal(fields.get('access-control-allow-origin'), undefined)
  }
})

async function started(...flags: string[]): Promise<RunningApp> {
  const muster = await startMuster(`--providers.file.filename=${config.path}`, ...flags)
  await muster.logged(({ message }) => message === 'configuration updated')
  return muster
}

interface ShownMember {
  readonly slot: string
  readonly weight: number
  readonly edited?: object
}

async function shown({ apiPort, port }: RunningApp, slot: string): Promise<object> {
  const answer = await ask(apiPort, path)
  const [balancer] = JSON.parse(answer.body) as { members: ShownMember[] }[]
  const found = balancer?.members.find((member) => member.slot === slot)
  assert.ok(found !== undefined, `${slot} on ${port}: ${answer.body}`)
  return { weight: found.weight, edited: found.edited }
}

/** How many of so many requests each member answered. */
async function turns({ port }: RunningApp, requests: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (let i = 0; i < requests; i++) {
    const [name = ''] = (await ask(port, '/', { host: 'shop.example' })).body.split(' ')
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

interface State {
  readonly balancers: readonly { readonly name: string; readonly edited?: object }[]
  readonly journal: readonly { readonly id: number }[]
}

function state(message: string): State {
  const [, data = ''] = /^event: state\ndata: (.*)$/.exec(message) ?? []
  return JSON.parse(data) as State
}

function twoMembers(...members: readonly TestMember[]): string {
  const servers = members.map(({ url }) => `{ url: '${url}' }`).join(', ')
  return `
http:
  routers:
    shop: { rule: "Host(\`shop.example\`)", service: s }
    manager: { rule: "Host(\`lb.local.example\`)", service: api@internal }
  services: { s: { loadBalancer: { servers: [${servers}] } } }
`
}
