import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { branch, grow, parsePath } from '../../../src/labels/tree.ts'

describe('parsePath', () => {
  test('splits at dots and sets an index apart', () => {
    assert.deepEqual(parsePath('http.routers.web'), { ok: true, segments: ['http', 'routers', 'web'] })
    assert.deepEqual(parsePath('domains[0].main'), { ok: true, segments: ['domains', '[0]', 'main'] })
    assert.deepEqual(parsePath('a]'), { ok: true, segments: ['a]'] })
    assert.deepEqual(parsePath('a[b'), { ok: true, segments: ['a[b'] })
  })

  test('refuses empty names and an index without a name', () => {
    for (const path of ['', '.', 'a.', '.a', 'a..b', '[0]', 'a.[0]']) assert.equal(parsePath(path).ok, false, path)
  })
})

describe('grow', () => {
  test('makes one branch of names that differ in case, with the first spelling and the last value', () => {
    const root = branch('', '')
    grow(root, ['Web', 'Rule'], 'first', 'one')
    grow(root, ['web', 'rule'], 'second', 'two')
    const web = root.children.get('web')
    assert.equal(web?.name, 'Web')
    assert.equal(web?.field, 'first')
    assert.deepEqual(web?.children.get('rule'), { name: 'Rule', field: 'second', text: 'two', children: new Map() })
  })
})
