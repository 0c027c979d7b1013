import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowedHosts } from '../../../../src/provider/docker/host-policy.ts'
import { container, declare, replica } from './containers.ts'

const any = { projects: [], networks: [], labels: [], hosts: [] }
const shop = replica('shop', 'web', 1, { labels: { tier: 'front', 'a.b': 'x=y', empty: '' } })

for (const [policy, applies] of [
  [{}, true],
  [{ projects: ['shop'] }, true],
  [{ projects: ['bank', 'shop'] }, true],
  [{ projects: ['bank'] }, false],
  [{ networks: ['shop_default'] }, true],
  [{ networks: ['shop'] }, false],
  [{ labels: ['tier'] }, true],
  [{ labels: ['empty'] }, true],
  [{ labels: ['tier=front'] }, true],
  [{ labels: ['a.b=x=y'] }, true],
  [{ labels: ['empty='] }, true],
  [{ labels: ['tier=back'] }, false],
  [{ labels: ['toString'] }, false],
  [{ labels: ['tier=back', 'empty'] }, true],
  [{ projects: ['shop'], labels: ['tier=back'] }, false],
  [{ projects: ['shop'], networks: ['shop_default'], labels: ['tier'] }, true],
] as const) {
  test(`the policy ${JSON.stringify(policy)} ${applies ? 'applies to' : 'leaves out'} the container`, () => {
    const hosts = allowedHosts(shop, [{ ...any, ...policy, hosts: ['a.test'] }])
    assert.deepEqual(hosts, applies ? ['a.test'] : [])
  })
}

test('without a policy anybody may claim anything, with several one has what any of them grants', () => {
  assert.equal(allowedHosts(shop, []), undefined)
  const policies = [
    { ...any, hosts: ['*.test'] },
    { ...any, projects: ['shop'], hosts: ['a.test', '*.test'] },
    { ...any, projects: ['bank'], hosts: ['b.test'] },
  ]
  assert.deepEqual(allowedHosts(shop, policies), ['*.test', 'a.test'])
})

test('a container that stopped has the rights it had while it ran', () => {
  const stopped = { ...shop, running: false, networks: new Map() }
  assert.deepEqual(allowedHosts(stopped, [{ ...any, networks: ['shop_default'], hosts: ['a.test'] }]), ['a.test'])
})

test('every router says whose it is and what it may claim', () => {
  const hostPolicy = [{ ...any, projects: ['shop'], hosts: ['a.test'] }]
  const origins = (options: Parameters<typeof declare>[1]) =>
    declare([replica('shop', 'web', 1), container('alone')], options).origins
  assert.deepEqual(
    [...(origins({ hostPolicy }) ?? [])].map(([name, { owner, allowedHosts }]) => [name, owner, allowedHosts]),
    [
      ['web-shop', 'project "shop"', ['a.test']],
      ['alone', 'container "alone"', []],
    ],
  )
  assert.equal(origins({})?.get('alone')?.allowedHosts, undefined)
})

test('Muster’s own services are for its own container and project, unless all are allowed', () => {
  const own = replica('edge', 'muster', 1, { labels: { 'traefik.enable': 'true' } })
  const containers = [own, replica('edge', 'docs', 1), replica('shop', 'web', 1), container('alone')]
  const barred = (options: Parameters<typeof declare>[1]) =>
    [...(declare(containers, options).origins ?? [])].flatMap(([name, { mayUseInternal }]) =>
      mayUseInternal === false ? name : [],
    )
  assert.deepEqual(barred({ ownId: own.id, ownProject: 'edge' }), ['web-shop', 'alone'])
  assert.deepEqual(barred({ ownId: own.id }), ['docs-edge', 'web-shop', 'alone'])
  assert.deepEqual(barred({}), ['muster-edge', 'docs-edge', 'web-shop', 'alone'])
  assert.deepEqual(barred({ allowInternalServices: true }), [])
})
