// Whatever somebody posts is an edit, or a sentence that says what is wrong with it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readEdit } from '../../../src/edits/read-edit.ts'
import { routeConflict } from '../../../src/edits/route-conflict.ts'
import { noEdits } from '../../../src/edits/edit.ts'
import { member, one, service, two, web } from './support.ts'

describe('readEdit', () => {
  test('reads every field, in one spelling', () => {
    const set = { weight: 0.01, route: 'A.b_c-1', redirect: '', lbset: 99, status: 'hnd', ['__proto__x']: undefined }
    const { ['__proto__x']: _, ...fields } = set
    assert.deepEqual(readEdit({ service: web, slot: one, set: fields }), {
      ok: true,
      value: { place: { service: web, slot: one }, changes: { ...fields, status: 'DNH' } },
    })
    const balancer = { method: 'leasttime', sticky: false, failover: true, maxAttempts: 100, retryMs: 0 }
    const read = readEdit({ service: web, set: balancer })
    assert.deepEqual(read.ok && read.value.changes, balancer)
  })

  test('keeps null, which means as declared', () => {
    const read = readEdit({ service: web, slot: one, set: { weight: null } })
    assert.deepEqual(read.ok && read.value.changes, { weight: null })
  })

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ weight: 0 }, /"weight" is 0, and must be a number from 0\.01 to 65535 in steps of 0\.01/],
    [{ weight: 65_536 }, /"weight" is 65536/],
    [{ weight: 1.005 }, /"weight" is 1\.005/],
    [{ weight: '3' }, /"weight" is "3"/],
    [{ route: '' }, /"route" is "", and must be 1 to 63 letters/],
    [{ route: 'a b' }, /"route" is "a b"/],
    [{ route: 'x'.repeat(64) }, /"route" is "x{59}…/],
    [{ lbset: 100 }, /"lbset" is 100, and must be a whole number from 0 to 99/],
    [{ status: 'E' }, /"status" is "E".*D disabled.*all others are for Muster to decide/],
    [{ status: 5 }, /"status" is 5/],
    [{ wieght: 3 }, /a member has no field "wieght"; did you mean "weight"\?/],
    [{ method: 'p2c' }, /a member has no field "method"/],
    [{ toString: 1 }, /a member has no field "toString"/],
    [{}, /"set" is \{\}, and must say what to change of a member: weight, route/],
    [[], /"set" is \[\]/],
    [undefined, /"set" is nothing/],
  ]
  for (const [set, sentence] of wrong) {
    test(`refuses of a member ${JSON.stringify(set)}`, () => refuses({ service: web, slot: one, set }, sentence))
  }

  const wrongOfBalancer: readonly (readonly [unknown, RegExp])[] = [
    [{ method: 'byrequest' }, /"method" is "byrequest", and must be one of: byrequests, .*did you mean "byrequests"/],
    [{ method: 1 }, /"method" is 1/],
    [{ sticky: 'true' }, /"sticky" is "true", and must be true or false/],
    [{ retryMs: -1 }, /"retryMs" is -1, and must be a whole number from 0 to 2147483647/],
    [{ maxAttempts: 1.5 }, /"maxAttempts" is 1\.5/],
    [{ weight: 1 }, /a balancer has no field "weight"/],
  ]
  for (const [set, sentence] of wrongOfBalancer) {
    test(`refuses of a balancer ${JSON.stringify(set)}`, () => refuses({ service: web, set }, sentence))
  }

  test('refuses what is no edit at all', () => {
    refuses(null, /an edit is an object/)
    refuses([], /an edit is an object/)
    refuses({ set: {} }, /"service" is missing/)
    refuses({ service: 'web', set: { sticky: true } }, /must be a full name as in "web@docker"/)
    refuses({ service: web, slot: 3, set: {} }, /"slot" is 3/)
    refuses({ service: web, slots: one, set: {} }, /an edit has no field "slots"; did you mean "slot"\?/)
  })

  test('throws on nothing, and refuses in one line without control characters', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read = readEdit(JSON.parse(text))
        if (!read.ok) assert.doesNotMatch(read.reason, /\p{Cc}/u)
      }),
    )
  })
})

describe('routeConflict', () => {
  const declared = service([member(one), member(two, { route: 'blue' })])
  const edited = (slot: string, route: string) => ({ ...noEdits, members: new Map([[slot, { route }]]) })

  test('names who has the route, by default, by declaration or by an edit', () => {
    assert.match(routeConflict(declared, edited(one, 'blue'), one) ?? '', /route "blue" is that of shop\/web\/2/)
    assert.match(routeConflict(declared, edited(two, 'web-1'), two) ?? '', /route "web-1" is that of shop\/web\/1/)
    const members = new Map([
      [one, { route: 'x' }],
      ['shop/web/9', { route: 'x' }],
    ])
    assert.match(routeConflict(declared, { ...noEdits, members }, one) ?? '', /that of shop\/web\/9/)
  })

  test('is none for a route of its own', () => {
    assert.equal(routeConflict(declared, edited(one, 'web-1'), one), undefined)
    assert.equal(routeConflict(declared, edited(one, 'green'), one), undefined)
  })
})

function refuses(given: unknown, sentence: RegExp): void {
  const read = readEdit(given)
  assert.equal(read.ok, false)
  assert.match(read.ok ? '' : read.reason, sentence)
}
