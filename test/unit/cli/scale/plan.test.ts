// Containers and wishes → steps.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planScale } from '../../../../src/cli/scale/plan.ts'
import type { Replica } from '../../../../src/provider/docker/replicas/replica.ts'

/** `web-2`, with what is unusual of it. */
function replica(name: string, more: Partial<Replica> = {}): Replica {
  const [service = '', number = ''] = name.split('-')
  const project = more.project ?? 'shop'
  const usual = { project, service, number: Number(number), configHash: 'new', createdAt: Number(number) } as const
  return { id: `${project}-${name}`, name: `${project}-${name}`, state: 'running', ...usual, ...more }
}

const cases: readonly (readonly [
  title: string,
  replicas: readonly Replica[],
  count: number,
  steps: {
    readonly create?: readonly number[]
    readonly start?: readonly string[]
    readonly remove?: readonly string[]
  },
])[] = [
  ['nothing is done where there are as many as wanted', [replica('web-1'), replica('web-2')], 2, {}],
  ['more get the numbers after the highest', [replica('web-1')], 3, { create: [2, 3] }],
  ['a gap in the numbers is not filled', [replica('web-1'), replica('web-4')], 3, { create: [5] }],
  ['the highest go first', [replica('web-1'), replica('web-3'), replica('web-2')], 1, { remove: ['web-3', 'web-2'] }],
  [
    'those of an older configuration go before all others',
    [replica('web-1', { createdAt: 9 }), replica('web-2', { configHash: 'old' }), replica('web-3')],
    2,
    { remove: ['web-2'] },
  ],
  [
    'a stopped one is started before a new one is made',
    [replica('web-1', { state: 'exited' })],
    2,
    { start: ['web-1'], create: [2] },
  ],
  ['one that was never started is started', [replica('web-1', { state: 'created' })], 1, { start: ['web-1'] }],
  [
    'a stopped one that is too many is not started',
    [replica('web-1'), replica('web-2', { state: 'exited' })],
    1,
    { remove: ['web-2'] },
  ],
  ['a paused one counts', [replica('web-1'), replica('web-2', { state: 'paused' })], 2, {}],
  ['one that restarts counts', [replica('web-1'), replica('web-2', { state: 'restarting' })], 2, {}],
  [
    'one that is being removed does not count, but has its number',
    [replica('web-1'), replica('web-2', { state: 'removing' })],
    2,
    { create: [3] },
  ],
  ['a dead one is left to whoever finds out why', [replica('web-1', { state: 'dead' })], 1, { create: [2] }],
  ['none is left of 0', [replica('web-1'), replica('web-2')], 0, { remove: ['web-2', 'web-1'] }],
  [
    'other services and projects are let be',
    [replica('web-1'), replica('api-7'), replica('web-9', { project: 'other' })],
    2,
    { create: [2] },
  ],
]
for (const [title, replicas, count, { create = [], start = [], remove = [] }] of cases) {
  test(title, () => {
    const planned = planScale(replicas, [{ service: 'web', count }], 'shop')
    assert.ok(planned.ok)
    const [plan] = planned.plans
    assert.deepEqual(plan?.create, create)
    assert.deepEqual(plan?.start.map(shortName), start)
    assert.deepEqual(plan?.remove.map(shortName), remove)
  })
}

function shortName({ service, number }: Replica): string {
  return `${service}-${number}`
}

test('new ones are like the newest, whatever its number and whether it runs', () => {
  const newest = replica('web-1', { createdAt: 100, state: 'exited' })
  const planned = planScale(
    [replica('web-1', { createdAt: 1 }), replica('web-2'), newest],
    [{ service: 'web', count: 4 }],
    'shop',
  )
  assert.ok(planned.ok)
  assert.equal(planned.plans[0]?.source, newest)
})

test('the order in which the engine lists them makes no difference', () => {
  const replicas = [
    replica('web-1'),
    replica('web-2', { configHash: 'old' }),
    replica('web-3', { state: 'exited' }),
    replica('web-4'),
  ]
  const wish = [{ service: 'web', count: 2 }]
  assert.deepEqual(planScale(replicas.toReversed(), wish, 'shop'), planScale(replicas, wish, 'shop'))
})

test('without --project it is the one that has the service', () => {
  const replicas = [replica('web-1'), replica('db-1', { project: 'other' })]
  const planned = planScale(
    replicas,
    [
      { service: 'web', count: 2 },
      { service: 'db', count: 3 },
    ],
    undefined,
  )
  assert.ok(planned.ok)
  assert.deepEqual(
    planned.plans.map(({ project, wanted }) => [project, wanted]),
    [
      ['shop', 2],
      ['other', 3],
    ],
  )
})

const two = [replica('web-1'), replica('web-1', { project: 'other' }), replica('api-1')]
for (const [title, replicas, service, project, says] of [
  [
    'a service in several projects',
    two,
    'web',
    undefined,
    /^the service "web" exists in other, shop; say which with --project$/,
  ],
  [
    'a project that has none',
    two,
    'web',
    'shopp',
    /^there is no compose project "shopp" with containers; did you mean "shop"\?$/,
  ],
  ['a project like none', two, 'web', 'x', /^there is no compose project "x" with containers; there are other, shop$/],
  ['an engine without projects', [], 'web', 'x', /; there is no compose project$/],
  [
    'a service that is none',
    two,
    'wbe',
    'shop',
    /^the compose project "shop" does not have a container of the service "wbe"; there are api, web; .*docker compose -p shop up -d --scale wbe=3 wbe makes the first; did you mean "web"\?$/,
  ],
  [
    'a service that is nowhere',
    [],
    'web',
    undefined,
    /^no compose project has a container of the service "web"; where there is none, .* docker compose up -d --scale web=3 web makes the first$/,
  ],
] as const) {
  test(`${title} is told in so many words`, () => {
    const planned = planScale(replicas, [{ service, count: 3 }], project)
    assert.ok(!planned.ok)
    assert.match(planned.message, says)
  })
}
