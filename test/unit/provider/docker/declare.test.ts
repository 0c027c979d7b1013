import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { memberDefaults } from '../../../../src/model/service-config.ts'
import { container, declare, generation, hosts, idOf, replica } from './containers.ts'

const webRule = { 'traefik.http.routers.web.rule': 'Host(`a.test`)' }
const staticLabels = {
  'traefik.http.routers.static.rule': 'Host(`demo.res.ch`) && PathPrefix(`/`)',
  'traefik.http.services.static.loadBalancer.sticky.cookie': 'true',
  'traefik.http.services.static.loadBalancer.sticky.cookie.name': 'static_cookie',
}
const dynamicLabels = {
  'traefik.http.routers.dynamic.rule': 'Host(`demo.res.ch`) && PathPrefix(`/api/jokes/`)',
  'traefik.http.middlewares.dynamic.stripprefix.prefixes': '/api/jokes/',
  'traefik.http.routers.dynamic.middlewares': 'dynamic@docker',
}

test('two scaled services labelled for Traefik, without port labels, give their routers and all members', () => {
  const declared = declare([
    replica('servers1', 'static', 2, { labels: staticLabels }),
    replica('servers1', 'dynamic', 1, { labels: dynamicLabels, ports: [3000] }),
    replica('servers1', 'static', 1, { labels: staticLabels }),
    replica('servers1', 'dynamic', 2, { labels: dynamicLabels, ports: [3000] }),
  ])
  assert.deepEqual(declared.problems, [])
  assert.deepEqual(Object.fromEntries(declared.routers), {
    static: {
      rule: staticLabels['traefik.http.routers.static.rule'],
      entryPoints: undefined,
      middlewares: [],
      service: 'static',
      priority: undefined,
    },
    dynamic: {
      rule: dynamicLabels['traefik.http.routers.dynamic.rule'],
      entryPoints: undefined,
      middlewares: ['dynamic@docker'],
      service: 'dynamic-servers1',
      priority: undefined,
    },
  })
  assert.deepEqual([...declared.middlewares.keys()], ['dynamic'])
  assert.equal(declared.services.get('static')?.stickyCookie?.name, 'static_cookie')
  assert.deepEqual(declared.services.get('static')?.members, [
    {
      id: `${idOf('servers1-static-1')}:80`,
      scheme: 'http',
      host: '172.18.0.1',
      port: 80,
      weight: 1,
      slot: 'servers1/static/1',
      container: {
        id: idOf('servers1-static-1'),
        name: 'servers1-static-1',
        health: 'none',
        paused: false,
        network: 'servers1_default',
        generation: { id: 'static-v1 sha256:1', at: 1000 },
      },
    },
    {
      id: `${idOf('servers1-static-2')}:80`,
      scheme: 'http',
      host: '172.18.0.2',
      port: 80,
      weight: 1,
      slot: 'servers1/static/2',
      container: {
        id: idOf('servers1-static-2'),
        name: 'servers1-static-2',
        health: 'none',
        paused: false,
        network: 'servers1_default',
        generation: { id: 'static-v1 sha256:1', at: 1000 },
      },
    },
  ])
  assert.deepEqual(hosts(declared, 'dynamic-servers1'), ['172.18.0.1', '172.18.0.2'])
})

describe('which containers take part', () => {
  test('a container without labels gets a router by the default rule and a service when exposed by default', () => {
    const declared = declare([replica('shop', 'web_app', 1)])
    assert.equal(declared.routers.get('web-app-shop')?.rule, 'Host(`web-app-shop`)')
    assert.deepEqual(hosts(declared, 'web-app-shop'), ['172.18.0.1'])
  })

  for (const [exposedByDefault, enable, takesPart] of [
    [true, undefined, true],
    [true, 'false', false],
    [false, undefined, false],
    [false, 'true', true],
  ] as const) {
    test(`exposedByDefault ${exposedByDefault} with enable label ${enable}: ${takesPart ? 'in' : 'out'}`, () => {
      const labels = enable === undefined ? {} : { 'traefik.enable': enable }
      assert.equal(declare([container('web', { labels })], { exposedByDefault }).routers.size, takesPart ? 1 : 0)
    })
  }

  test('a container whose enable label cannot be read stays out and says why', () => {
    const declared = declare([container('web', { labels: { 'traefik.enable': 'maybe' } })])
    assert.equal(declared.routers.size, 0)
    assert.equal(declared.problems.length, 1)
    assert.equal(declared.problems[0]?.source, 'web')
  })

  test('a one-off container of compose is not a replica', () => {
    const compose = { project: 'p', service: 'web', number: 1, configHash: 'x', oneOff: true }
    const declared = declare([container('p-web-run-1', { compose, labels: webRule })])
    assert.deepEqual([declared.routers.size, declared.services.size], [0, 0])
  })

  test('what is left of a container nobody labelled asks for nothing, one of compose keeps its route', () => {
    const left = container('elegant-hawking', { running: false })
    const recreated = replica('p', 'web', 1, { running: false })
    assert.deepEqual([...declare([left, recreated]).routers.keys()], ['web-p'])
  })

  test('what is left of such a container stays when its label says so', () => {
    const labels = { 'traefik.docker.allownonrunning': 'true' }
    const declared = declare([container('left', { running: false, labels })])
    assert.deepEqual([[...declared.routers.keys()], hosts(declared, 'left')], [['left'], []])
  })

  test('Muster does not route to itself, unless its labels ask for it', () => {
    const own = replica('p', 'proxy', 1)
    assert.deepEqual(declare([own], { ownId: own.id }).routers.size, 0)
    const labels = {
      'traefik.http.routers.manager.rule': 'Host(`m`)',
      'traefik.http.routers.manager.service': 'api@internal',
    }
    assert.deepEqual([...declare([{ ...own, labels }], { ownId: own.id }).routers.keys()], ['manager'])
  })

  test('a container that does not run keeps its router and service, without a member', () => {
    const declared = declare([replica('p', 'web', 1, { labels: webRule, running: false, networks: new Map() })])
    assert.equal(declared.routers.get('web')?.service, 'web-p')
    assert.deepEqual(hosts(declared, 'web-p'), [])
    assert.deepEqual(declared.problems, [])
  })

  test('paused, starting and unhealthy containers are members that say so', () => {
    const declared = declare([
      replica('p', 'web', 1, { paused: true }),
      replica('p', 'web', 2, { health: 'starting' }),
      replica('p', 'web', 3, { health: 'unhealthy' }),
    ])
    const told = declared.services
      .get('web-p')
      ?.members.map((member) => [member.container?.paused, member.container?.health])
    assert.deepEqual(told, [
      [true, 'none'],
      [false, 'starting'],
      [false, 'unhealthy'],
    ])
  })

  test('labels for TCP alone bring no HTTP service along', () => {
    const labels = { 'traefik.tcp.routers.db.rule': 'HostSNI(`*`)' }
    const declared = declare([container('db', { labels })])
    assert.deepEqual([declared.routers.size, declared.services.size], [0, 0])
  })

  test('a weight of 0 keeps the service and makes the container no member', () => {
    const labels = { 'traefik.http.services.web.loadbalancer.server.weight': '0' }
    assert.deepEqual(hosts(declare([container('web', { labels })]), 'web'), [])
  })
})

describe('services of routers', () => {
  test('a router without service is sent to the only one', () => {
    const labels = { ...webRule, 'traefik.http.services.app.loadbalancer.server.port': '8080' }
    const declared = declare([container('c', { labels })])
    assert.equal(declared.routers.get('web')?.service, 'app')
    assert.equal(declared.services.get('app')?.members[0]?.port, 8080)
  })

  test('a router without service among several is a problem that names them and the label', () => {
    const labels = {
      ...webRule,
      'traefik.http.services.a.loadbalancer.server.port': '1',
      'traefik.http.services.b.loadbalancer.server.port': '2',
    }
    const declared = declare([container('c', { labels })])
    assert.equal(declared.routers.size, 0)
    assert.deepEqual(declared.problems, [
      {
        severity: 'error',
        provider: 'docker',
        source: 'c',
        field: undefined,
        object: { kind: 'router', name: 'web' },
        reason: 'names no service, and there are several: "a", "b"',
        hint: 'add the label traefik.http.routers.web.service=…',
      },
    ])
  })

  test('several services and no router give no router', () => {
    const labels = {
      'muster.http.services.a.loadbalancer.server.port': '1',
      'muster.http.services.b.loadbalancer.server.port': '2',
    }
    const declared = declare([container('c', { labels })])
    assert.deepEqual([[...declared.routers], [...declared.services.keys()], declared.problems], [[], ['a', 'b'], []])
  })
})

describe('ports', () => {
  test('without a port the router stays and a problem names the label to add', () => {
    const declared = declare([container('web', { labels: webRule, ports: [] })])
    assert.equal(declared.routers.get('web')?.service, 'web')
    assert.deepEqual(hosts(declared, 'web'), [])
    const [problem] = declared.problems
    assert.equal(problem?.severity, 'error')
    assert.equal(problem?.reason, 'has no port: the container exposes none and no label names one')
    assert.equal(problem?.hint, 'add the label traefik.http.services.web.loadbalancer.server.port=…')
  })

  test('for a container nobody labelled a missing port is only a warning', () => {
    assert.deepEqual(
      declare([container('batch', { ports: [] })]).problems.map(({ severity, hint }) => [severity, hint]),
      [['warning', 'add the label muster.http.services.batch.loadbalancer.server.port=…']],
    )
  })
})

test('a container whose routers lead elsewhere needs neither port nor address', () => {
  const labels = {
    'traefik.http.routers.manager.rule': 'Host(`m`)',
    'traefik.http.routers.manager.service': 'api@internal',
  }
  const own = container('muster', { labels, ports: [], networks: new Map(), networkMode: 'none' })
  assert.deepEqual(
    declare([own]).problems.filter(({ severity }) => severity === 'error'),
    [],
  )
})

describe('addresses', () => {
  const twoNetworks = new Map([
    ['p_back', { ipv4: '10.0.0.2', ipv6: '' }],
    ['p_front', { ipv4: '10.1.0.2', ipv6: '' }],
  ])
  const labelled = (network: string) => ({ ...webRule, 'traefik.docker.network': network })
  const host = (labels: Record<string, string>, options = {}) =>
    hosts(declare([container('web', { labels, networks: twoNetworks })], options), 'web')?.[0]

  test('are taken from the labelled network, then the provider’s, then one of Muster’s own, then the first by name', () => {
    const all = { network: 'p_front', ownNetworks: ['p_front'] }
    assert.equal(host(labelled('p_back'), all), '10.0.0.2')
    assert.equal(host(webRule, { network: 'p_back', ownNetworks: ['p_front'] }), '10.0.0.2')
    assert.equal(host(webRule, { ownNetworks: ['other', 'p_front'] }), '10.1.0.2')
    assert.equal(host(webRule), '10.0.0.2')
  })

  test('are IPv6 on a network without IPv4', () => {
    const networks = new Map([['six', { ipv4: '', ipv6: 'fd00::2' }]])
    assert.deepEqual(hosts(declare([container('web', { networks })]), 'web'), ['fd00::2'])
  })

  test('a labelled network the container is not on is a warning with its networks and the likely name', () => {
    const declared = declare([container('web', { labels: labelled('front'), networks: twoNetworks })])
    assert.deepEqual(hosts(declared, 'web'), ['10.0.0.2'])
    assert.deepEqual(
      declared.problems.map(({ severity, reason, hint }) => ({ severity, reason, hint })),
      [
        {
          severity: 'warning',
          reason: 'is not attached to the network "front", only to "p_back", "p_front"',
          hint: 'did you mean "p_front"?',
        },
      ],
    )
  })

  test('a labelled container that shares no network with Muster is a warning', () => {
    const declared = declare([container('web', { labels: webRule, networks: twoNetworks })], { ownNetworks: ['edge'] })
    assert.deepEqual(
      declared.problems.map(({ severity, reason }) => [severity, reason]),
      [['warning', 'shares no network with Muster: it is on "p_back", "p_front", Muster on "edge"']],
    )
    assert.deepEqual(declare([container('db', { networks: twoNetworks })], { ownNetworks: ['edge'] }).problems, [])
  })

  test('on the labelled network are taken although Muster is not on it, with a warning', () => {
    for (const [ownNetworks, hint] of [
      [['p_front'], 'both are on "p_front"'],
      [['edge'], 'attach Muster to it'],
    ] as const) {
      const declared = declare([container('web', { labels: labelled('p_back'), networks: twoNetworks })], {
        ownNetworks,
      })
      assert.deepEqual(hosts(declared, 'web'), ['10.0.0.2'])
      assert.deepEqual(
        declared.problems.map((problem) => [problem.severity, problem.reason, problem.hint]),
        [['warning', 'is reached on the network "p_back", which Muster is not on', hint]],
      )
    }
  })

  test('in host mode are the loopback, or the host as seen from Muster’s container', () => {
    const web = container('web', { networkMode: 'host', networks: new Map() })
    assert.deepEqual(hosts(declare([web]), 'web'), ['127.0.0.1'])
    assert.deepEqual(hosts(declare([web], { ownNetworks: ['edge'] }), 'web'), ['host.docker.internal'])
  })

  test('of a container in another’s network are the other’s, by its own network label', () => {
    const vpn = container('vpn', {
      labels: { 'traefik.enable': 'false', 'traefik.docker.network': 'p_front' },
      networks: twoNetworks,
    })
    const web = container('web', {
      networkMode: `container:${vpn.id}`,
      networks: new Map(),
      labels: labelled('p_back'),
    })
    assert.deepEqual(hosts(declare([vpn, web]), 'web'), ['10.1.0.2'])
  })

  test('in the network of a container that is gone, or that is itself a guest, are none', () => {
    const guest = container('guest', { networkMode: 'container:guest', networks: new Map(), labels: webRule })
    const lost = container('lost', { networkMode: 'container:nobody', networks: new Map(), labels: webRule })
    assert.deepEqual(hosts(declare([guest]), 'guest'), [])
    const declared = declare([lost])
    assert.deepEqual(hosts(declared, 'lost'), [])
    assert.deepEqual(
      declared.problems.map(({ severity, reason }) => [severity, reason]),
      [['error', 'shares the network of container "nobody", which is not there']],
    )
  })

  test('without any network are none, which is a problem', () => {
    const declared = declare([container('web', { labels: webRule, networkMode: 'none', networks: new Map() })])
    assert.deepEqual(hosts(declared, 'web'), [])
    assert.equal(declared.problems[0]?.reason, 'has no address: it is attached to no network')
  })
})

describe('replicas of one project', () => {
  const rule = (host: string) => ({ 'traefik.http.routers.web.rule': `Host(\`${host}\`)` })

  test('take turns by number, not by text, and then by id', () => {
    const numbers = [10, 2, 1, 9]
    const declared = declare(numbers.map((number) => replica('p', 'web', number)))
    assert.deepEqual(hosts(declared, 'web-p'), ['172.18.0.1', '172.18.0.2', '172.18.0.9', '172.18.0.10'])
  })

  test('that disagree follow the newest generation, and the other is told', () => {
    const older = replica('p', 'web', 1, { labels: rule('old'), createdAt: 1000 })
    const newer = generation('web-v2', replica('p', 'web', 2, { labels: rule('new'), createdAt: 2000 }))
    const declared = declare([newer, older])
    assert.equal(declared.routers.get('web')?.rule, 'Host(`new`)')
    assert.deepEqual(hosts(declared, 'web-p'), ['172.18.0.1', '172.18.0.2'])
    assert.deepEqual(declared.problems, [
      {
        severity: 'warning',
        provider: 'docker',
        source: 'p-web-1',
        field: undefined,
        object: { kind: 'router', name: 'web' },
        reason: 'is declared differently by "p-web-1" and "p-web-2"; the latter is followed',
        hint: 'recreate the replicas from one compose file',
      },
    ])
  })

  for (const [state, not] of [
    ['does not run', { running: false }],
    ['is unhealthy', { health: 'unhealthy' }],
    ['is still starting', { health: 'starting' }],
    ['is paused', { paused: true }],
  ] as const) {
    test(`keep following the old generation while the new one ${state}`, () => {
      const older = replica('p', 'web', 1, { labels: rule('old'), createdAt: 1000 })
      const newer = generation('web-v2', replica('p', 'web', 2, { labels: rule('new'), createdAt: 2000, ...not }))
      assert.equal(declare([newer, older]).routers.get('web')?.rule, 'Host(`old`)')
    })
  }

  test('that disagree about a cookie all stay members', () => {
    const labels = { 'traefik.http.services.web.loadbalancer.sticky.cookie': 'true' }
    const plain = { 'traefik.http.services.web.loadbalancer.server.port': '80' }
    const declared = declare([
      replica('p', 'web', 1, { labels: plain }),
      generation('web-v2', replica('p', 'web', 2, { labels, createdAt: 2000 })),
    ])
    assert.notEqual(declared.services.get('web')?.stickyCookie, undefined)
    assert.deepEqual(hosts(declared, 'web'), ['172.18.0.1', '172.18.0.2'])
    assert.deepEqual(
      declared.problems.map(({ object }) => object),
      [{ kind: 'service', name: 'web' }],
    )
  })

  test('of one route all stay members, and the service says who shares it and what to do', () => {
    const labels = { ...webRule, 'muster.http.services.web.loadbalancer.server.route': 's1' }
    const shop = (number: number) => replica('shop', 'web', number, { labels })
    const { services, problems } = declare([3, 1, 2].map(shop))
    assert.deepEqual(
      services.get('web')?.members.map(({ slot, route }) => [slot, route]),
      [1, 2, 3].map((number) => [`shop/web/${number}`, 's1']),
    )
    assert.deepEqual(problems, [
      {
        severity: 'warning',
        provider: 'docker',
        source: 'shop-web-1',
        field: undefined,
        object: { kind: 'service', name: 'web' },
        reason: '"shop-web-1" and "shop-web-2" (and 1 more) share the route "s1", so sessions cannot tell them apart',
        hint: 'leave out the route: each then has one of its own',
      },
    ])
    assert.deepEqual(declare([shop(1)]).problems, [])
  })

  test('that get one route by their places are told of as well', () => {
    const labels = { 'traefik.http.services.web.loadbalancer.server.port': '80' }
    const { problems } = declare([container('web.1', { labels }), container('web-1', { labels })])
    assert.match(problems[0]?.reason ?? '', /^"web-1" and "web\.1" share the route "web-1"/)
    assert.equal(problems[0]?.hint, 'give each a route of its own')
  })

  test('that are all hot standbys are told of, unless one that is none does not run just now', () => {
    const port = { 'traefik.http.services.web.loadbalancer.server.port': '80' }
    const standby = { ...port, 'muster.http.services.web.loadbalancer.server.status': '+H' }
    const spare = replica('shop', 'spare', 1, { labels: standby })
    assert.match(declare([spare]).problems[0]?.reason ?? '', /^all its members are hot standbys/)
    const regular = replica('shop', 'web', 1, { labels: port, running: false })
    assert.deepEqual(declare([spare, regular]).problems, [])
  })

  test('that are only left over from before are not complained of', () => {
    const leftover = replica('p', 'web', 1, { labels: rule('old'), running: false })
    const current = generation('web-v2', replica('p', 'web', 2, { labels: rule('new'), createdAt: 2000 }))
    assert.deepEqual(declare([leftover, current]).problems, [])
  })

  test('share a complaint about a label they share', () => {
    const labels = { 'traefik.http.services.web.loadbalancer.server.port': 'eighty' }
    const declared = declare([2, 1, 3].map((number) => replica('p', 'web', number, { labels })))
    assert.deepEqual(
      declared.problems.map(({ source }) => source),
      ['p-web-1'],
    )
  })
})

describe('a name two projects claim', () => {
  const claim = (project: string, createdAt: number, more = {}) =>
    replica(project, 'web', 1, {
      labels: { 'traefik.http.routers.web.rule': `Host(\`${project}\`)` },
      createdAt,
      ...more,
    })

  test('stays with the older one, and the other is told who holds it', () => {
    const declared = declare([claim('b', 1000), claim('a', 2000)])
    assert.equal(declared.routers.get('web')?.rule, 'Host(`b`)')
    assert.deepEqual(
      declared.problems.map(({ severity, source, object, reason }) => ({ severity, source, object, reason })),
      [
        {
          severity: 'error',
          source: 'a-web-1',
          object: { kind: 'router', name: 'web' },
          reason: 'the name is taken: "b-web-1" (project "b") had it before "a-web-1"',
        },
      ],
    )
  })

  test('goes to the one that runs', () => {
    const declared = declare([claim('b', 1000, { running: false }), claim('a', 2000)])
    assert.equal(declared.routers.get('web')?.rule, 'Host(`a`)')
    assert.deepEqual(declared.problems, [])
  })

  test('of a service does not mix their members, and the loser’s router does not reach the winner’s', () => {
    const labels = (host: string) => ({
      [`traefik.http.routers.${host}.rule`]: `Host(\`${host}\`)`,
      'traefik.http.services.app.loadbalancer.server.port': '80',
    })
    const declared = declare([
      replica('a', 'web', 1, {
        labels: labels('one'),
        networks: new Map([['bridge', { ipv4: '10.0.0.1', ipv6: '' }]]),
      }),
      replica('b', 'web', 1, { labels: labels('two'), createdAt: 2000 }),
    ])
    assert.deepEqual(hosts(declared, 'app'), ['10.0.0.1'])
    assert.deepEqual(
      [...declared.routers].map(([name, { service }]) => [name, service]),
      [
        ['one', 'app'],
        ['two', 'app@another-project'],
      ],
    )
    assert.deepEqual(
      declared.problems.map(({ source, object }) => [source, object?.kind, object?.name]),
      [
        ['b-web-1', 'service', 'app'],
        ['b-web-1', 'router', 'two'],
      ],
    )
  })

  test('containers of no project that say the same are replicas of one another', () => {
    const labels = {
      'traefik.http.routers.app.rule': 'Host(`app`)',
      'traefik.http.services.app.loadbalancer.server.port': '80',
    }
    const declared = declare([
      container('first', { labels, networks: new Map([['bridge', { ipv4: '10.0.0.1', ipv6: '' }]]) }),
      container('second', { labels, createdAt: 2000, networks: new Map([['bridge', { ipv4: '10.0.0.2', ipv6: '' }]]) }),
    ])
    assert.deepEqual(hosts(declared, 'app')?.toSorted(), ['10.0.0.1', '10.0.0.2'])
    assert.deepEqual(declared.problems, [])
  })

  test('of a middleware does not put the winner’s in front of the loser’s router', () => {
    const guarded = (project: string, prefix: string, createdAt: number) =>
      replica(project, 'web', 1, {
        createdAt,
        labels: {
          [`traefik.http.routers.${project}.rule`]: `Host(\`${project}\`)`,
          [`traefik.http.routers.${project}.middlewares`]: 'cut@docker',
          'traefik.http.middlewares.cut.stripprefix.prefixes': prefix,
        },
      })
    const declared = declare([guarded('b', '/b', 2000), guarded('a', '/a', 1000)])
    assert.deepEqual(declared.routers.get('a')?.middlewares, ['cut@docker'])
    // Left out, its requests could fall to a router without the guard.
    assert.deepEqual(declared.routers.get('b')?.middlewares, ['cut@another-project'])
    assert.equal(
      declared.problems.at(-1)?.reason,
      'is not served: its middleware "cut" would be that of another project',
    )
  })
})

describe('a middleware declared in vain', () => {
  const auth = { 'traefik.http.middlewares.auth.stripprefix.prefixes': '/theirs' }
  const holder = replica('first', 'web', 1, { labels: auth })
  const guarded = (service: string, reference: string, more = {}) =>
    replica('second', service, 1, {
      createdAt: 2000,
      labels: {
        [`traefik.http.routers.${service}.rule`]: `Host(\`${service}\`)`,
        [`traefik.http.routers.${service}.middlewares`]: reference,
        ...more,
      },
    })
  const own = { 'traefik.http.middlewares.auth.stripprefix.prefixes': '/ours' }

  test('is not the other project’s for any container of the project', () => {
    const declared = declare([holder, guarded('web', 'auth', own), guarded('api', 'auth@docker')])
    assert.deepEqual(declared.routers.get('web')?.middlewares, ['auth@another-project'])
    assert.deepEqual(declared.routers.get('api')?.middlewares, ['auth@another-project'])
  })

  test('is missing in the chains of the project too, whoever uses them', () => {
    const chain = { ...own, 'traefik.http.middlewares.all.chain.middlewares': 'auth,gzip@file' }
    const declared = declare([holder, guarded('web', 'all', chain)])
    assert.deepEqual(declared.middlewares.get('all'), {
      kind: 'chain',
      middlewares: ['auth@another-project', 'gzip@file'],
    })
    assert.deepEqual(declared.routers.get('web')?.middlewares, ['all'])
  })

  test('of another project is used by who declares none of that name', () => {
    const declared = declare([holder, guarded('web', 'auth')])
    assert.deepEqual(declared.routers.get('web')?.middlewares, ['auth'])
    assert.deepEqual(declared.problems, [])
  })
})

describe('TCP and UDP', () => {
  const streams = (labels: Record<string, string>, name = 'db') => {
    const { tcp, udp, problems } = declare([replica('p', name, 1, { labels })])
    return { tcp, udp, errors: problems.filter(({ severity }) => severity === 'error').map(({ reason }) => reason) }
  }

  test('nobody speaks of them: they are not there', () => {
    const { tcp, udp } = streams({})
    assert.deepEqual([tcp, udp], [undefined, undefined])
  })

  test('a router without service leads to the only one, or to an implicit one', () => {
    const router = { 'traefik.tcp.routers.db.rule': 'HostSNI(`*`)' }
    assert.equal(streams(router).tcp?.routers.get('db')?.service, 'db-p')
    assert.deepEqual([...(streams(router).tcp?.services.keys() ?? [])], ['db-p'])
    const service = { ...router, 'traefik.tcp.services.pg.loadbalancer.server.port': '5432' }
    assert.equal(streams(service).tcp?.routers.get('db')?.service, 'pg')
    assert.equal(streams({ 'traefik.udp.routers.dns.entrypoints': 'dns' }).udp?.routers.get('dns')?.service, 'db-p')
  })

  test('a TCP router without rule, and one without service among several, are told of', () => {
    const none = streams({ 'traefik.tcp.routers.db.entrypoints': 'db' })
    assert.equal(none.tcp?.routers.size, 0)
    assert.ok(none.errors.includes('has no rule'))
    const several = streams({
      'traefik.udp.routers.dns.entrypoints': 'dns',
      'traefik.udp.services.a.loadbalancer.server.port': '1',
      'traefik.udp.services.b.loadbalancer.server.port': '2',
    })
    assert.equal(several.udp?.routers.size, 0)
    assert.ok(several.errors.includes('names no service, and there are several: "a", "b"'))
  })

  test('a name two projects claim stays with the older one', () => {
    const labels = (port: string) => ({ 'traefik.tcp.services.pg.loadbalancer.server.port': port })
    const declared = declare([
      replica('b', 'db', 1, { labels: labels('2'), createdAt: 2000 }),
      replica('a', 'db', 1, { labels: labels('1') }),
    ])
    assert.equal(declared.tcp?.services.size, 1)
    assert.deepEqual(
      declared.problems.filter(({ object }) => object?.kind === 'tcp service').map(({ source }) => source),
      ['b-db-1'],
    )
  })
})

test('a member carries its route, hostname and parameters along, a service its balancing, a router its cookie scope', () => {
  const labels = {
    ...webRule,
    'muster.http.routers.web.sticky.cookie.path': '/app',
    'muster.http.services.web.loadbalancer.strategy': 'bybusyness',
    'muster.http.services.web.loadbalancer.sticky.session.name': 'JSESSIONID',
    'muster.http.services.web.loadbalancer.server.route': 's1',
    'muster.http.services.web.loadbalancer.server.weight': '0.5',
    'muster.http.services.web.loadbalancer.server.status': '+r',
  }
  const { services, routers, problems } = declare([container('web', { labels, hostname: 'f1ac329c4164' })])
  const { members, balancing, session } = services.get('web') ?? assert.fail()
  const { route, hostname, weight, parameters } = members[0] ?? assert.fail()
  assert.deepEqual(
    { route, hostname, weight, parameters },
    { route: 's1', hostname: 'f1ac329c4164', weight: 0.5, parameters: { ...memberDefaults, status: 'R' } },
  )
  assert.equal(balancing?.method, 'bybusyness')
  assert.equal(session?.cookie, 'JSESSIONID')
  assert.deepEqual(routers.get('web')?.stickyCookie, { path: '/app', domain: undefined })
  assert.deepEqual(problems, [])
})

test('a router carries rule syntax, TLS and observability along', () => {
  const labels = {
    ...webRule,
    'traefik.http.routers.web.rulesyntax': 'v2',
    'traefik.http.routers.web.tls': 'true',
    'traefik.http.routers.web.tls.certresolver': 'le',
    'traefik.http.routers.web.observability.accesslogs': 'false',
  }
  const router = declare([container('c', { labels })]).routers.get('web')
  assert.deepEqual(
    [router?.ruleSyntax, router?.tls?.certResolver, router?.observability?.accessLogs],
    ['v2', 'le', false],
  )
})

test('a name that holds backticks is normalised, and a label with them is refused', () => {
  const named = container('a`) || Host(`bank')
  assert.equal(declare([named]).routers.get('a-Host-bank')?.rule, 'Host(`a-Host-bank`)')
  const labelled = container('c', { labels: { host: 'a`) || Host(`bank' } })
  const declared = declare([labelled], { defaultRule: 'Host(`{{ index .Labels "host" }}`)' })
  assert.equal(declared.routers.size, 0)
  assert.match(declared.problems[0]?.reason ?? '', /cannot be put into the default rule/)
})

test('the order in which containers are seen changes nothing', () => {
  const rule = (host: string) => ({ 'traefik.http.routers.web.rule': `Host(\`${host}\`)` })
  const containers = [
    replica('a', 'web', 1, { labels: rule('1') }),
    replica('a', 'web', 2, { labels: rule('2') }),
    generation('web-v2', replica('a', 'web', 3, { labels: rule('3'), createdAt: 3000 })),
    generation('web-v3', replica('a', 'web', 4, { labels: rule('4'), createdAt: 3000, health: 'starting' })),
    replica('b', 'web', 1, { labels: rule('5') }),
    container('c', { labels: rule('6'), running: false, createdAt: 1 }),
    container('d', { labels: rule('7') }),
  ]
  const { routers, services } = declare(containers)
  fc.assert(
    fc.property(fc.shuffledSubarray(containers, { minLength: containers.length }), (shuffled) => {
      const again = declare(shuffled)
      assert.deepEqual(again.routers, routers)
      assert.deepEqual(again.services, services)
    }),
  )
})
