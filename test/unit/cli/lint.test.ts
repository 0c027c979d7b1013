// Compose snippets → the very lines `muster lint` prints. `labels` is what stands below one service's `labels:`.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runLint } from '../../../src/cli/lint.ts'
import { virtualTerminal } from './virtual-terminal.ts'

async function linesOf(files: Readonly<Record<string, string>>, ...args: string[]): Promise<readonly string[]> {
  const terminal = virtualTerminal(files)
  const named = Object.keys(files).filter((name) => /^compose.*\.yaml$/.test(name))
  await runLint([...args, ...named.map((name) => `/work/${name}`)], terminal)
  return terminal.printed
}

/** A service with a port, whose labels begin on line 6. */
function withLabels(...labels: string[]): string {
  return [
    'services:',
    '  web:',
    '    image: web',
    '    expose: ["80"]',
    '    labels:',
    ...labels.map((label) => `      ${label}`),
  ].join('\n')
}

const ofLabels: readonly (readonly [what: string, labels: readonly string[], lines: readonly string[]])[] = [
  ['nothing wrong', ['traefik.http.routers.web.rule: Host(`a.example`)'], []],
  [
    'an unknown key',
    ['traefik.http.routers.web.rul: Host(`a.example`)'],
    ['compose.yaml:6:7 error traefik.http.routers.web.rul: unknown field "rul" (did you mean "rule"?)'],
  ],
  [
    'a wrong type, in a list',
    ['- traefik.http.services.web.loadbalancer.server.port=eighty'],
    ['compose.yaml:6:60 error traefik.http.services.web.loadbalancer.server.port: "eighty" is not a whole number'],
  ],
  [
    'a rule that cannot be read',
    ['traefik.http.routers.web.rule: "Hots(`a`)"'],
    [
      'compose.yaml:6:38 error traefik.http.routers.web.rule: Hots(`a`): unknown matcher "Hots" at character 1 (did you mean "Host"?)',
    ],
  ],
  [
    'a middleware that is nearly there',
    [
      'traefik.http.routers.web.rule: Host(`a.example`)',
      'traefik.http.routers.web.middlewares: strip, other@file',
      'traefik.http.middlewares.stripp.stripprefix.prefixes: /a',
    ],
    [
      'compose.yaml:7:45 error traefik.http.routers.web.middlewares: middleware "strip@docker" does not exist (did you mean "stripp"?)',
      'compose.yaml:8:7 note traefik.http.middlewares.stripp.stripprefix.prefixes: middleware "stripp": no router uses it (…routers.<name>.middlewares=stripp)',
    ],
  ],
  [
    'a middleware of another project, perhaps',
    ['traefik.http.routers.web.rule: Host(`a.example`)', 'traefik.http.routers.web.middlewares: auth'],
    [
      'compose.yaml:7:45 warning traefik.http.routers.web.middlewares: middleware "auth@docker" does not exist (unless another compose project declares it: lint its file together with this one)',
    ],
  ],
  [
    'a service that is not there',
    [
      '- traefik.http.routers.web.rule=Host(`a.example`)',
      '- traefik.http.routers.web.service=wbe',
      '- traefik.http.services.web.loadbalancer.server.port=80',
    ],
    [
      'compose.yaml:7:42 error traefik.http.routers.web.service: service "wbe@docker" does not exist (did you mean "web"?)',
      'compose.yaml:8:9 note traefik.http.services.web.loadbalancer.server.port: service "web": no router leads to it (name it in a router: …routers.<name>.service=web)',
    ],
  ],
  [
    'labels of Traefik 1',
    ['traefik.frontend.rule: Host:a.example', 'traefik.port: "80"'],
    [
      'compose.yaml:6:7 warning traefik.frontend.rule: "traefik.frontend" is read neither by Traefik nor by Muster (since Traefik 2: traefik.http.routers.<router>.rule)',
      'compose.yaml:7:7 warning traefik.port: "traefik.port" is read neither by Traefik nor by Muster (since Traefik 2: traefik.http.services.<service>.loadbalancer.server.port)',
    ],
  ],
  [
    'servers[0]',
    ['traefik.http.services.web.loadbalancer.servers[0].port: 80'],
    [
      'compose.yaml:6:7 error traefik.http.services.web.loadbalancer.servers[0].port: unknown field "servers" (write server.port for the container itself, or server.url for another address)',
    ],
  ],
  [
    'tls=false beside certresolver',
    [
      'traefik.http.routers.web.rule: Host(`a.example`)',
      'traefik.http.routers.web.tls: "false"',
      'traefik.http.routers.web.tls.certresolver: le',
    ],
    [
      'compose.yaml:7:37 warning traefik.http.routers.web.tls: "false" switches "tls" off, and all that is set below it',
    ],
  ],
  [
    'sticky.cookie={}',
    ['traefik.http.services.web.loadbalancer.sticky.cookie: "{}"'],
    [
      'compose.yaml:6:61 warning traefik.http.services.web.loadbalancer.sticky.cookie: "{}" switches "cookie" off (write true to switch it on)',
    ],
  ],
  [
    'sticky sessions with one replica',
    ['traefik.http.services.web.loadbalancer.sticky.cookie: "true"'],
    [
      'compose.yaml:6:7 note traefik.http.services.web.loadbalancer.sticky.cookie: sticky sessions have no effect while "web" has one replica (set deploy.replicas, or start more with docker compose up --scale)',
    ],
  ],
  [
    'a hash whose dollar signs are not doubled',
    ['- "traefik.http.middlewares.auth.basicauth.users=a:$apr1$$abc"'],
    [
      'compose.yaml:6:9 note traefik.http.middlewares.auth.basicauth.users: middleware "auth": no router uses it (…routers.<name>.middlewares=auth)',
      'compose.yaml:6:56 error traefik.http.middlewares.auth.basicauth.users: compose takes "$apr1" for a variable, which is not set, and puts nothing in its place (write "$$apr1" for a dollar sign)',
    ],
  ],
  [
    'a variable that is not set',
    ['- traefik.http.routers.${NAME}-web.rule=Host(`a.example`)'],
    [
      'compose.yaml:6:47 warning traefik.http.routers.-web.rule: compose takes "${NAME}" for a variable, which is not set, and puts nothing in its place (set NAME, or write "$${NAME}" for a dollar sign)',
    ],
  ],
  [
    'a variable in the key of a mapping',
    ['traefik.http.routers.${NAME}.rule: Host(`a.example`)'],
    [
      'compose.yaml:6:7 error traefik.http.routers.${NAME}.rule: compose puts no variables into the keys of a mapping (write the labels as a list of "key=value")',
    ],
  ],
  [
    'PathPrefix that takes more than meant',
    ['traefik.http.routers.web.rule: Host(`a.example`) && PathPrefix(`/api`)'],
    [
      'compose.yaml:6:38 note traefik.http.routers.web.rule: PathPrefix(`/api`) takes /apibar as well as /api/bar ((Path(`/api`) || PathPrefix(`/api/`)) takes only what is below)',
    ],
  ],
  ['PathPrefix that ends with a slash', ['traefik.http.routers.web.rule: PathPrefix(`/api/`) || PathPrefix(`/`)'], []],
  [
    'what only Muster has, under the root of Traefik',
    ['traefik.http.routers.web.middlewares: map', 'traefik.http.middlewares.map.passreverse.prefix: /a'],
    [
      'compose.yaml:7:7 warning traefik.http.middlewares.map.passreverse.prefix: only Muster has this: Traefik would leave out the whole container (write muster.http.middlewares.map.passreverse.prefix)',
    ],
  ],
  [
    'words that only Muster has, under the root of Traefik',
    [
      'traefik.http.services.web.loadbalancer.strategy: ByTraffic',
      'traefik.http.services.web.loadbalancer.healthcheck.mode: tcp',
    ],
    [
      'compose.yaml:6:56 warning traefik.http.services.web.loadbalancer.strategy: only Muster knows "bytraffic": Traefik would not serve this as it is meant (write muster.http.services.web.loadbalancer.strategy)',
      'compose.yaml:7:64 warning traefik.http.services.web.loadbalancer.healthcheck.mode: only Muster knows "tcp": Traefik would not serve this as it is meant (write muster.http.services.web.loadbalancer.healthcheck.mode)',
    ],
  ],
  [
    'words that only Muster has, under its own root, and words that both have',
    [
      'muster.http.services.web.loadbalancer.strategy: bytraffic',
      'traefik.http.services.web.loadbalancer.healthcheck.mode: grpc',
    ],
    [],
  ],
  [
    'a router that another one shadows',
    [
      'traefik.http.routers.all.rule: Host(`a.example`) || Host(`*.example`)',
      'traefik.http.routers.all.priority: 1000',
      'traefik.http.routers.api.rule: Host(`a.example`) && Path(`/api`)',
    ],
    [
      'compose.yaml:8:38 warning traefik.http.routers.api.rule: router "api" never takes a request: "all" matches all of them and has priority 1000 over 33 (give "api" a priority above 1000)',
    ],
  ],
  [
    'two routers with one rule',
    ['traefik.http.routers.b.rule: Host(`a.example`)', 'traefik.http.routers.a.rule: Host(`A.example`)'],
    [
      'compose.yaml:6:36 warning traefik.http.routers.b.rule: router "b" never takes a request: "a" matches all of them and has the same priority 17, and comes first by its name (give "b" a priority above 17)',
    ],
  ],
]
for (const [what, labels, lines] of ofLabels) {
  test(what, async () => assert.deepEqual(await linesOf({ 'compose.yaml': withLabels(...labels) }), lines))
}

const proxy = `  proxy:
    image: traefik:v3
    command:
      - --providers.docker
      - --providers.docker.exposedbydefault=false
      - --entrypoints.web.address=:80
    networks: [edge]
`

const ofFiles: readonly (readonly [what: string, files: Readonly<Record<string, string>>, lines: readonly string[]])[] =
  [
    [
      'an entrypoint the proxy does not have, no network with it, not enabled',
      {
        'compose.yaml': `services:
${proxy}  web:
    image: web
    expose: ["80"]
    networks: [back]
    labels:
      traefik.enable: "true"
      traefik.docker.network: edge
      traefik.http.routers.web.rule: Host(\`a.example\`)
      traefik.http.routers.web.entrypoints: webb
  api:
    image: api
    expose: ["80"]
    labels: [traefik.http.routers.api.rule=Host(\`b.example\`)]
`,
      },
      [
        'compose.yaml:15:31 warning traefik.docker.network: service "web" is not attached to the network "edge", only to "work_back"',
        'compose.yaml:17:45 error traefik.http.routers.web.entrypoints: entrypoint "webb" does not exist (did you mean "web"?)',
        'compose.yaml:21:14 error traefik.http.routers.api.rule: the proxy runs with exposedByDefault=false, so this service is left out (add the label traefik.enable=true)',
      ],
    ],
    [
      'no network in common, no port known',
      {
        'compose.yaml': `services:
${proxy}  web:
    image: web
    labels: [traefik.enable=true]
`,
      },
      [
        'compose.yaml:9:3 warning service "web" shares no network with Muster: it is on "work_default", Muster on "work_edge" (attach both to one network)',
        'compose.yaml:9:3 note no port is known of "web" unless its image EXPOSEs one (add the label traefik.http.services.web.loadbalancer.server.port=…)',
      ],
    ],
    [
      'an option of the proxy that Muster does not take; the others count',
      {
        'compose.yaml': `services:
  proxy:
    image: muster
    command: [--providers.docker, --entrypoints.web.adress=:80, --entrypoints.api.address=:81]
  web:
    expose: ["80"]
    labels: [traefik.http.routers.web.entrypoints=web]
`,
      },
      [
        'compose.yaml:4:35 error Muster does not start with this: option "--entrypoints.web.adress": unknown field "adress"; did you mean "address"?',
        'compose.yaml:4:35 error Muster does not start with this: option "--entrypoints.web.adress": "web" has no "address"',
        'compose.yaml:7:51 error traefik.http.routers.web.entrypoints: entrypoint "web" does not exist',
      ],
    ],
    [
      'the proxy is configured by a mounted file',
      {
        'compose.yaml': `services:
  proxy:
    image: traefik
    volumes: ["./proxy:/etc/traefik:ro"]
  web:
    expose: ["80"]
    labels: [traefik.http.routers.web.entrypoints=web]
`,
        'proxy/traefik.yml': 'entryPoints: {public: {address: ":80"}}\nproviders: {docker: {}}\n',
      },
      ['compose.yaml:7:51 error traefik.http.routers.web.entrypoints: entrypoint "web" does not exist'],
    ],
    [
      'the proxy is configured by its environment',
      {
        'compose.yaml': `services:
  proxy:
    image: traefik
    environment: [TRAEFIK_PROVIDERS_DOCKER=true, "TRAEFIK_ENTRYPOINTS_PUBLIC_ADDRESS=:80"]
  web:
    expose: ["80"]
    labels: [traefik.http.routers.web.entrypoints=publik]
`,
      },
      [
        'compose.yaml:7:51 error traefik.http.routers.web.entrypoints: entrypoint "publik" does not exist (did you mean "public"?)',
      ],
    ],
    [
      'labels of a Swarm service',
      { 'compose.yaml': 'services: {web: {deploy: {labels: {traefik.enable: "true"}}}}' },
      [
        'compose.yaml:1:36 warning traefik.enable: labels below "deploy" are those of a Swarm service: containers do not have them (move them to "labels" of the service itself)',
      ],
    ],
    [
      'the place is the file a label comes from, and a label of many services is said once',
      {
        'compose.yaml': 'services: {a: {extends: &x {file: base.yml, service: b}}, c: {extends: *x}}',
        'base.yml': 'services:\n  b:\n    expose: ["80"]\n    labels:\n      traefik.enable: maybe\n',
      },
      ['base.yml:5:23 error traefik.enable: "maybe" is not true or false'],
    ],
    [
      'several files are one project',
      {
        'compose.yaml': withLabels(
          'traefik.http.routers.web.rule: Host(`a.example`)',
          'traefik.http.routers.web.middlewares: auth',
        ),
        'compose.z.yaml':
          'services: {other: {expose: ["80"], labels: {traefik.http.middlewares.auth.addprefix.prefix: /x}}}',
      },
      [],
    ],
    [
      'what compose itself would refuse',
      { 'compose.yaml': 'services: {web: {image: "${TAG:?say which}", extends: gone}}' },
      [
        'compose.yaml:1:25 error the variable TAG must be set: say which',
        'compose.yaml:1:55 error service "web" extends "gone", which is not in this file',
      ],
    ],
  ]
for (const [what, files, lines] of ofFiles) {
  test(what, async () => assert.deepEqual(await linesOf(files), lines))
}

const codes: readonly (readonly [what: string, text: string | undefined, args: readonly string[], code: number])[] = [
  ['no finding', withLabels('traefik.http.routers.web.rule: Host(`a`)'), [], 0],
  ['a warning', withLabels('traefik.port: 80'), [], 0],
  ['an error', withLabels('traefik.http.routers.web.rul: x'), [], 1],
  ['no such file', undefined, [], 2],
  ['no YAML', 'services: [', [], 2],
  ['no such option', withLabels(), ['--jsn'], 2],
]
for (const [what, text, args, code] of codes) {
  test(`exit code of ${what}: ${code}`, async () => {
    const terminal = virtualTerminal(text === undefined ? {} : { 'compose.yaml': text })
    assert.equal(await runLint([...args, '/work/compose.yaml'], terminal), code)
    assert.notEqual(terminal.printed.length + terminal.complaints.length, 0)
  })
}

test('without a file it says how it is used', async () => {
  const terminal = virtualTerminal({})
  assert.equal(await runLint([], terminal), 2)
  assert.match(terminal.complaints.join('\n'), /needs a compose file\nusage: muster lint/)
})

for (const word of ['--help', '-h']) {
  test(`${word} says how it is used, and is no mistake`, async () => {
    const terminal = virtualTerminal({})
    assert.equal(await runLint(['compose.yaml', word], terminal), 0)
    assert.match(terminal.printed.join('\n'), /^usage: muster lint/)
    assert.deepEqual(terminal.complaints, [])
  })
}

test('for machines', async () => {
  const files = { 'compose.yaml': withLabels('traefik.http.routers.web.rul: x') }
  const text = (await linesOf(files, '--json')).join('\n')
  assert.deepEqual(JSON.parse(text), {
    findings: [
      {
        file: 'compose.yaml',
        line: 6,
        column: 7,
        rule: 'problem',
        severity: 'error',
        service: 'web',
        label: 'traefik.http.routers.web.rul',
        message: 'unknown field "rul"',
        hint: 'did you mean "rule"?',
      },
    ],
    errors: 1,
    warnings: 0,
    notes: 0,
  })
})

test('services of a profile are looked at, unless profiles are named', async () => {
  const text = 'services: {web: {profiles: [x], expose: ["80"], labels: {traefik.http.routers.web.rul: y}}}'
  assert.equal((await linesOf({ 'compose.yaml': text })).length, 1)
  assert.equal((await linesOf({ 'compose.yaml': text }, '--profile', 'other')).length, 0)
})

test('in colour only where it is wanted', async () => {
  const files = { 'compose.yaml': withLabels('traefik.http.routers.web.rul: x') }
  const coloured = virtualTerminal(files, { colour: true })
  await runLint(['/work/compose.yaml'], coloured)
  assert.ok(coloured.printed[0]?.includes('\u001B[31merror\u001B[0m'), coloured.printed[0])
  assert.ok(!(await linesOf(files)).join('').includes('\u001B'))
})

for (const command of ['whoami --port 80', 'import apache /site.conf', 'explain http://a.example/']) {
  test(`a service that runs "muster ${command}" is not the proxy`, async () => {
    const file = `services:\n  tool:\n    image: muster\n    command: ${command}\n`
    assert.deepEqual(await linesOf({ 'compose.yaml': file }), [])
  })
}
