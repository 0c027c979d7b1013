// Edits over a configuration: what they change, and that nothing else becomes another object.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { applyEdits } from '../../../src/edits/apply-edits.ts'
import { withChange } from '../../../src/edits/edit.ts'
import type { Edits, FieldChanges } from '../../../src/edits/edit.ts'
import { openEditStore } from '../../../src/edits/edit-store.ts'
import { balancingDefaults, methods } from '../../../src/model/service-config.ts'
import { api, config, member, one, service, two, web } from './support.ts'

const none: Edits = new Map()
const ofOne = (changes: FieldChanges): Edits => withChange(none, { service: web, slot: one }, changes)
const ofWeb = (changes: FieldChanges): Edits => withChange(none, { service: web, slot: undefined }, changes)

describe('applyEdits', () => {
  test('lays fields of a member over what is declared', () => {
    const edited = applyEdits(config(), ofOne({ weight: 3, route: 'blue', redirect: 'green', lbset: 2, status: 'DN' }))
    const [first, second] = edited.services.get(web)?.members ?? []
    const parameters = { redirect: 'green', lbset: 2, status: 'DN', retryMs: undefined }
    assert.deepEqual(first, { ...member(one), weight: 3, route: 'blue', parameters })
    assert.deepEqual(second, member(two))
  })

  test('an empty text takes away what is declared, and the rest of the parameters stays', () => {
    const declared = { redirect: 'green', lbset: 4, status: 'D', retryMs: 500 }
    const before = { ...config(), services: new Map([[web, service([member(one, { parameters: declared })])]]) }
    const edited = applyEdits(before, ofOne({ redirect: '', status: '' }))
    const parameters = { redirect: undefined, lbset: 4, status: '', retryMs: 500 }
    assert.deepEqual(edited.services.get(web)?.members[0]?.parameters, parameters)
  })

  test('lays fields of a balancer over what is declared, or what goes without saying', () => {
    const edited = applyEdits(config(), ofWeb({ method: 'p2c', failover: false, maxAttempts: 0, retryMs: 0 }))
    const balancing = { ...balancingDefaults, method: 'p2c', failover: false, maxAttempts: 0, retryMs: 0 }
    assert.deepEqual(edited.services.get(web)?.balancing, balancing)
  })

  test('sticky makes a cookie where there is none, leaves one that is there, and takes every session away', () => {
    const session = { cookie: 'JSESSIONID', parameter: 'jsessionid', separator: '.', scolonPathDelim: false }
    const sticky = applyEdits(config(), ofWeb({ sticky: true })).services.get(web)
    assert.equal(sticky?.stickyCookie?.path, '/')
    assert.equal(sticky?.stickyCookie?.name, undefined)

    const bySession = { ...config(), services: new Map([[web, service([member(one)], { session })]]) }
    assert.equal(applyEdits(bySession, ofWeb({ sticky: true })).services.get(web), bySession.services.get(web))
    const without = applyEdits(bySession, ofWeb({ sticky: false })).services.get(web)
    assert.deepEqual([without?.stickyCookie, without?.session], [undefined, undefined])
  })

  test('keeps every object that no edit concerns, and the edited ones from one time to the next', () => {
    const declared = config()
    const edits = ofOne({ weight: 3 })
    const edited = applyEdits(declared, edits)
    assert.equal(edited.services.get(api), declared.services.get(api))
    assert.equal(edited.services.get(web)?.members[1], declared.services.get(web)?.members[1])
    assert.equal(applyEdits(declared, edits), edited)
    assert.equal(applyEdits(declared, none), declared)

    const otherwise = { ...declared, services: new Map(declared.services).set(api, service([])) }
    assert.equal(applyEdits(otherwise, edits).services.get(web), edited.services.get(web))
    const more = withChange(edits, { service: api, slot: undefined }, { failover: false })
    assert.equal(applyEdits(declared, more).services.get(web), edited.services.get(web))
  })

  test('edits of what is not there change nothing, and count when it comes back', () => {
    const declared = config()
    const edits = withChange(none, { service: web, slot: 'shop/web/3' }, { weight: 7 })
    assert.deepEqual(applyEdits(declared, edits), declared)
    const back = { ...declared, services: new Map([[web, service([member('shop/web/3')])]]) }
    assert.equal(applyEdits(back, edits).services.get(web)?.members[0]?.weight, 7)
  })
})

const memberChanges = fc.record(
  {
    weight: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
    route: fc.option(fc.constantFrom('a', 'b'), { nil: null }),
    status: fc.option(fc.constantFrom('', 'D', 'NH'), { nil: null }),
  },
  { requiredKeys: [] },
)
const balancerChanges = fc.record(
  { method: fc.option(fc.constantFrom(...methods), { nil: null }), sticky: fc.option(fc.boolean(), { nil: null }) },
  { requiredKeys: [] },
)
const someEdit = fc.oneof(
  memberChanges.map((set) => ({ place: { service: web, slot: one }, set })),
  balancerChanges.map((set) => ({ place: { service: web, slot: undefined }, set })),
)

test('whatever is edited, undoing it in reverse order gives the declared configuration itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someEdit, { minLength: 1, maxLength: 20 }), async (made) => {
      await using store = await openEditStore({ path: undefined, secret: undefined, warn: () => undefined })
      const ids = made.map(({ place, set }) => {
        const outcome = store.make(place, set, '10.0.0.9')
        assert.ok(outcome.ok)
        return outcome.edit.id
      })
      for (const id of ids.toReversed()) assert.ok(store.undo(id, '10.0.0.9').ok)
      const declared = config()
      assert.equal(applyEdits(declared, store.current), declared)
    }),
  )
})
