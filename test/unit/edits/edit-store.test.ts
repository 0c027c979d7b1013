// What is edited, what can be taken back, and what is left of it for the next process: real files.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openEditStore } from '../../../src/edits/edit-store.ts'
import type { EditStore, Outcome } from '../../../src/edits/edit-store.ts'
import { statePlace } from '../../../src/edits/state-place.ts'
import { eventually } from '../../support/eventually.ts'
import { api, one, two, web } from './support.ts'

const place = { service: web, slot: one }
const isRoot = process.getuid?.() === 0

describe('edits', () => {
  test('are undone one by one, each undo being an edit of its own', async () => {
    await using store = await openEditStore({ path: undefined, secret: undefined, warn: () => undefined })
    const first = made(store.make(place, { weight: 3 }, '10.0.0.1'))
    const undone = made(store.undo(first.id, '10.0.0.1'))
    assert.equal(store.current.size, 0)
    assert.ok(undone.id > first.id)
    made(store.undo(undone.id, '10.0.0.1'))
    assert.deepEqual(store.current.get(web)?.members.get(one), { weight: 3 })
  })

  test('are not undone when somebody changed the same since, which is named; other fields do not matter', async () => {
    await using store = await openEditStore({ path: undefined, secret: undefined, warn: () => undefined })
    const first = made(store.make(place, { weight: 3 }, '10.0.0.1'))
    const second = made(store.make(place, { weight: 5, lbset: 1 }, '10.0.0.2'))
    const refused = store.undo(first.id, '10.0.0.1')
    assert.ok(!refused.ok && refused.what === 'conflict')
    const sentence = `weight of ${one} was changed since by edit ${second.id} (weight 5, lbset 1 of ${one}, from 10.0.0.2)`
    assert.ok(refused.reason.startsWith(sentence), refused.reason)

    made(store.make({ service: web, slot: two }, { weight: 9 }, '10.0.0.2'))
    made(store.undo(second.id, '10.0.0.2'))
    made(store.undo(first.id, '10.0.0.1'))
    assert.deepEqual([...(store.current.get(web)?.members.keys() ?? [])], [two])
  })

  test('that are unknown or too long ago are not undone', async () => {
    await using store = await openEditStore({ path: undefined, secret: undefined, warn: () => undefined })
    const first = made(store.make(place, { weight: 3 }, 'x'))
    for (let weight = 1; weight <= 100; weight++)
      store.make({ service: api, slot: undefined }, { retryMs: weight }, 'x')
    for (const id of [first.id, 1, Number.NaN]) {
      const refused = store.undo(id, 'x')
      assert.ok(!refused.ok && refused.what === 'unknown', String(id))
    }
  })

  test('have a bound, which says so and lets one edit what is edited already', async () => {
    await using where = await temporary()
    const edits = Array.from({ length: 10_000 }, (_, n) => ({ service: web, slot: `shop/web/${n}`, set: { lbset: 1 } }))
    await writeFile(where.path, JSON.stringify({ kind: 'muster-state', format: 1, edits }))
    await using store = await where.open()
    const refused = store.make({ service: web, slot: 'shop/web/10000' }, { lbset: 1 }, 'x')
    assert.ok(!refused.ok && /there are 10000 edits already/.test(refused.reason))
    made(store.make({ service: web, slot: 'shop/web/7' }, { lbset: 2 }, 'x'))
    made(store.make({ service: web, slot: 'shop/web/8' }, { lbset: null }, 'x'))
  })

  test('are told to those who listen, in words', async () => {
    await using store = await openEditStore({ path: undefined, secret: undefined, warn: () => undefined })
    const heard: string[] = []
    const listening = store.listen(({ what }) => heard.push(what))
    const all = [{ status: 'N' }, { status: '' }, { status: 'DH' }, { weight: null }, { redirect: '' }]
    for (const set of all) store.make(place, set, 'x')
    store.make({ service: web, slot: undefined }, { sticky: false, method: 'hrw' }, 'x')
    listening[Symbol.dispose]()
    store.make(place, { weight: 2 }, 'x')
    assert.deepEqual(heard, [
      `drain ${one}`,
      `enable ${one}`,
      `status DH of ${one}`,
      `weight as declared of ${one}`,
      `no redirect of ${one}`,
      `sticky off, method hrw of ${web}`,
    ])
  })
})

describe('the state file', () => {
  test('brings edits and secret to the next process, for its owner alone', async () => {
    await using place1 = await temporary()
    const { path } = place1
    let secret: string
    {
      await using store = await place1.open()
      secret = store.secret
      assert.equal(Buffer.from(secret, 'base64').length, 32)
      made(store.make(place, { weight: 3, status: 'D' }, 'x'))
      made(store.make({ service: web, slot: undefined }, { sticky: false }, 'x'))
      assert.deepEqual(store.file, { path, works: true })
    }
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(place1.directory), ['state.json'])
    await using next = await place1.open()
    assert.equal(next.secret, secret)
    const edited = { balancer: { sticky: false }, members: new Map([[one, { weight: 3, status: 'D' }]]) }
    assert.deepEqual(next.current, new Map([[web, edited]]))
    assert.deepEqual(place1.warnings, [])
  })

  test('is written a moment after an edit, without waiting for the end', async () => {
    await using where = await temporary()
    await using store = await where.open()
    made(store.make(place, { weight: 42 }, 'x'))
    await eventually(async () => assert.match(await readFile(where.path, 'utf8'), /"weight": 42/), 5000)
  })

  test('has the secret of its own even while another one is given, which it never holds', async () => {
    await using where = await temporary()
    const given = 'given-on-the-command-line'
    let own: string
    {
      await using store = await where.open()
      own = store.secret
    }
    {
      await using store = await where.open(given)
      assert.equal(store.secret, given)
      made(store.make(place, { weight: 2 }, 'x'))
    }
    assert.ok(!(await readFile(where.path, 'utf8')).includes(given))
    await using store = await where.open()
    assert.equal(store.secret, own)
  })

  test('is replaced as a whole: what a write that was cut off left behind is in nobody’s way', async () => {
    await using where = await temporary()
    await writeFile(`${where.path}.tmp`, '{"kind":"muster-st')
    await using store = await where.open()
    made(store.make(place, { weight: 2 }, 'x'))
    await store.save()
    assert.deepEqual(await readdir(where.directory), ['state.json'])
    assert.equal(JSON.parse(await readFile(where.path, 'utf8')).edits.length, 1)
  })

  const secret = Buffer.alloc(32, 7).toString('base64')
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{ "secret": "hunter2', /^it is not JSON/],
    ['a file of somebody else', '{"name":"x"}', /^it is not a state file of Muster$/],
    ['a newer format', '{"kind":"muster-state","format":2}', /^its format is 2, this Muster reads 1$/],
    ['no secret', '{"kind":"muster-state","format":1,"edits":[]}', /^its secret is not 32 bytes/],
    ['edits of another kind', `{"kind":"muster-state","format":1,"secret":"${secret}","edits":{}}`, /not a list/],
  ]
  for (const [name, text, reason] of broken) {
    test(`that holds ${name} is told of, set aside and not lost`, async () => {
      await using where = await temporary()
      await writeFile(where.path, text)
      await using store = await where.open()
      assert.equal(store.current.size, 0)
      assert.equal(await readFile(`${where.path}.broken`, 'utf8'), text)
      assert.equal(JSON.parse(await readFile(where.path, 'utf8')).kind, 'muster-state')
      const [warning, ...more] = where.warnings
      assert.deepEqual(more, [])
      assert.equal(warning?.fields['file'], where.path)
      assert.match(String(warning?.fields['reason']), reason)
      assert.match(warning?.message ?? '', /state\.json\.broken/)
      assert.doesNotMatch(JSON.stringify(warning), /hunter2/)
    })
  }

  test('of which one edit cannot be read keeps the others, and the secret', async () => {
    await using where = await temporary()
    const edits = [
      { service: web, slot: one, set: { weight: 3 } },
      { service: web, slot: two, set: { weight: -1 } },
    ]
    await writeFile(where.path, JSON.stringify({ kind: 'muster-state', format: 1, secret, edits }))
    await using store = await where.open()
    assert.equal(store.secret, secret)
    assert.deepEqual([...(store.current.get(web)?.members.keys() ?? [])], [one])
    assert.match(String(where.warnings[0]?.fields['reason']), /^its edit 2: "weight" is -1/)
  })

  test('that cannot be written is one warning, and edits live in memory', async () => {
    await using where = await temporary()
    await using store = await where.open(undefined, join(where.directory, 'missing', 'state.json'))
    made(store.make(place, { weight: 3 }, 'x'))
    await store.save()
    made(store.make(place, { weight: 4 }, 'x'))
    await store.save()
    assert.equal(store.current.get(web)?.members.get(one)?.weight, 4)
    assert.equal(store.file?.works, false)
    assert.equal(where.warnings.length, 1)
    assert.match(where.warnings[0]?.message ?? '', /cannot be written: edits live in memory only; .*--api\.stateFile/)

    await mkdir(join(where.directory, 'missing'))
    made(store.make(place, { weight: 5 }, 'x'))
    await store.save()
    assert.equal(store.file?.works, true)
  })

  test('that cannot be read is left alone', async () => {
    await using where = await temporary()
    await mkdir(where.path)
    await using store = await where.open()
    made(store.make(place, { weight: 3 }, 'x'))
    assert.equal(store.file, undefined)
    assert.match(where.warnings[0]?.message ?? '', /cannot be read: edits are not kept/)
    assert.deepEqual(await readdir(where.directory), ['state.json'])
  })

  test('stands in the usual place where that is prepared, elsewhere when told, and nowhere when told so', async (t) => {
    await using where = await temporary()
    assert.equal(await statePlace(undefined, where.path), where.path)
    assert.equal(await statePlace(undefined, join(where.directory, 'missing', 'state.json')), undefined)
    assert.equal(await statePlace('', where.path), undefined)
    assert.equal(await statePlace('/elsewhere.json', where.path), '/elsewhere.json')
    if (isRoot) return t.diagnostic('nothing is forbidden to root')
    await chmod(where.directory, 0o500)
    assert.equal(await statePlace(undefined, where.path), undefined)
    await chmod(where.directory, 0o700)
  })
})

function made(outcome: Outcome): Extract<Outcome, { ok: true }>['edit'] {
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason)
  return outcome.edit
}

interface Warning {
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

interface Temporary extends AsyncDisposable {
  readonly directory: string
  readonly path: string
  readonly warnings: readonly Warning[]
  open(secret?: string, path?: string): Promise<EditStore>
}

async function temporary(): Promise<Temporary> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-state-'))
  const path = join(directory, 'state.json')
  const warnings: Warning[] = []
  return {
    directory,
    path,
    warnings,
    open: (secret, at = path) =>
      openEditStore({
        path: at,
        secret,
        warn: (fields, message) => warnings.push({ fields: fields as Warning['fields'], message }),
      }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}
