// Compose files → project, held to what `docker compose config` makes of the same files (compose-go's rules for merging).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containersOf } from '../../../../src/cli/compose/containers.ts'
import type { ComposeLabel, ComposeProject, ComposeService } from '../../../../src/cli/compose/project.ts'
import { readComposeFiles } from '../../../../src/cli/compose/read-compose.ts'
import type { ComposeSources } from '../../../../src/cli/compose/read-compose.ts'

function read(files: Readonly<Record<string, string>>, more: Partial<ComposeSources> = {}): ComposeProject {
  const known = new Map(Object.entries(files).map(([name, text]) => [`/shop/${name}`, text]))
  const named = Object.keys(files).filter((name) => /^compose.*\.yaml$/.test(name))
  return readComposeFiles(
    named.map((name) => `/shop/${name}`),
    { env: {}, readFile: (path) => known.get(path), ...more },
  )
}

function service(project: ComposeProject, name = 'web'): ComposeService {
  const found = project.services.find((candidate) => candidate.name === name)
  assert.ok(found, `no service ${name} in ${JSON.stringify(project)}`)
  return found
}

function labels(project: ComposeProject, name = 'web'): Record<string, string> {
  return Object.fromEntries(service(project, name).labels.map(({ key, value }) => [key, value]))
}

function places(found: readonly ComposeLabel[]): string[] {
  return found.map(({ key, keyPosition: k, position: v }) => `${key} ${k.line}:${k.column} ${v.line}:${v.column}`)
}

test('labels as a mapping or a list, each with its place', () => {
  const map = read({
    'compose.yaml': 'services:\n  web:\n    labels:\n      a.b: "x"\n      n: 80\n      t: True\n      empty:\n',
  })
  assert.deepEqual(labels(map), { 'a.b': 'x', n: '80', t: 'true', empty: '' })
  assert.deepEqual(places(service(map).labels).slice(0, 2), ['a.b 4:7 4:12', 'n 5:7 5:10'])
  const list = read({
    'compose.yaml': 'services:\n  web:\n    labels:\n      - a=b=c\n      - "q=x y"\n      - alone\n      - a=later\n',
  })
  assert.deepEqual(labels(list), { a: 'later', q: 'x y', alone: '' })
  assert.deepEqual(places(service(list).labels), ['a 7:9 7:11', 'q 5:9 5:12', 'alone 6:9 6:9'])
})

test('numbers stay exact', () => {
  const project = read({ 'compose.yaml': 'services: {web: {labels: {p: 9223372036854774807}}}' })
  assert.deepEqual(labels(project), { p: '9223372036854774807' })
})

test('anchors, aliases and merge keys: what is beside `<<` wins, of several the first', () => {
  const text = `
x-one: &one {a: one, b: one}
x-two: &two {b: two, c: two}
services:
  web:
    labels:
      <<: [*one, *two]
      a: own
  other:
    labels: *one
`
  const project = read({ 'compose.yaml': text })
  assert.deepEqual(labels(project), { a: 'own', b: 'one', c: 'two' })
  assert.deepEqual(labels(project, 'other'), { a: 'one', b: 'one' })
  const b = service(project).labels.find(({ key }) => key === 'b')
  assert.equal(b?.position.line, 2, 'the place is where the anchor is written')
})

test('several files: mappings by key, labels by key in either form, lists one after the other, command replaced', () => {
  const project = read({
    'compose.yaml': `
services:
  web:
    image: one
    command: [a, b]
    ports: ["80", "81"]
    expose: ["90"]
    networks: [front]
    labels: [a=1, b=1]
  only: {image: x}
`,
    'compose.z.yaml': `
services:
  web:
    image: two
    command: c
    ports: ["80", "82"]
    expose: ["90", "91"]
    networks: {back: {aliases: [w]}}
    labels: {b: 2, c: 2}
`,
  })
  const web = service(project)
  assert.equal(web.image, 'two')
  assert.deepEqual(
    web.command?.map(({ text }) => text),
    ['c'],
  )
  assert.deepEqual(
    web.ports.map(({ port }) => port),
    [80, 81, 82],
  )
  assert.deepEqual(
    web.expose.map(({ port }) => port),
    [90, 91],
  )
  assert.deepEqual(web.networks, ['front', 'back'])
  assert.deepEqual(labels(project), { a: '1', b: '2', c: '2' })
  const files = web.labels.map(({ key, position }) => `${key} ${position.file}`)
  assert.deepEqual(files, ['a /shop/compose.yaml', 'b /shop/compose.z.yaml', 'c /shop/compose.z.yaml'])
  assert.equal(service(project, 'only').image, 'x')
})

test('!reset takes away, !override replaces', () => {
  const project = read({
    'compose.yaml': 'services: {web: {image: x, ports: ["80"], labels: {a: "1", b: "1"}, expose: ["1"]}}',
    'compose.z.yaml': 'services: {web: {ports: !reset [], labels: !override {c: "2"}, expose: !override ["2"]}}',
  })
  assert.deepEqual(service(project).ports, [])
  assert.deepEqual(labels(project), { c: '2' })
  assert.deepEqual(
    service(project).expose.map(({ port }) => port),
    [2],
  )
})

test('extends: of this file, of another, of one that extends; own settings win', () => {
  const project = read({
    'compose.yaml': `
services:
  web:
    extends: {file: base/common.yml, service: http}
    labels: [own=1, level=web]
  second:
    extends: web
`,
    'base/common.yml': 'services: {http: {image: h, extends: {file: deep.yml, service: deep}, labels: {level: http}}}',
    'base/deep.yml': 'services: {deep: {image: d, expose: ["1234"], labels: {deep: "1", level: deep}}}',
  })
  assert.deepEqual(project.problems, [])
  assert.deepEqual(labels(project), { deep: '1', level: 'web', own: '1' })
  assert.equal(service(project).image, 'h')
  assert.deepEqual(labels(project, 'second'), labels(project))
  assert.equal(service(project, 'second').expose[0]?.port, 1234)
})

test('include: with its own directory, variables and includes; what is there already must be the same', () => {
  const project = read({
    'compose.yaml': 'include: [sub/app.yml, {path: [other.yml]}]\nservices: {web: {image: x}}',
    'sub/app.yml': 'include: [more.yml]\nservices: {app: {image: "${TAG}", labels: {d: $$}}}',
    'sub/.env': 'TAG=inner',
    'sub/more.yml': 'services: {more: {image: "${TAG:-none}"}}',
    'other.yml': 'services: {web: {image: y}}',
  })
  assert.deepEqual(
    project.services.map(({ name, image }) => `${name} ${image}`),
    ['web x', 'app inner', 'more inner'],
  )
  assert.deepEqual(labels(project, 'app'), { d: '$' })
  assert.deepEqual(
    project.problems.map(({ reason }) => reason),
    ['services.web is there already, and what is included differs'],
  )
})

test('variables: environment before .env; profiles; the name of the project', () => {
  const files = {
    '.env': 'HOST=env\nPORT=1\nCOMPOSE_PROFILES=dev',
    'compose.yaml': `
name: Named
services:
  web: {labels: {host: "\${HOST}:\${PORT}"}}
  dev: {profiles: [dev]}
  test: {profiles: [test, ci]}
`,
  }
  const project = read(files, { env: { HOST: 'shell' } })
  assert.deepEqual(labels(project), { host: 'shell:1' })
  const names = (more: Partial<ComposeSources>): string[] => read(files, more).services.map(({ name }) => name)
  assert.deepEqual(names({}), ['web', 'dev'])
  assert.deepEqual(names({ profiles: ['ci'] }), ['web', 'dev', 'test'])
  assert.deepEqual(names({ profiles: ['*'], env: { COMPOSE_PROFILES: '' } }), ['web', 'dev', 'test'])
  assert.equal(project.name, 'named')
  assert.equal(read(files, { projectName: 'mine' }).name, 'mine')
  assert.equal(read(files, { env: { COMPOSE_PROJECT_NAME: 'theirs' } }).name, 'theirs')
  assert.equal(read({ 'compose.yaml': 'services: {}' }).name, 'shop')
})

test('ports in every form', () => {
  const text = `
services:
  web:
    ports:
      - 80
      - "8080:81"
      - "127.0.0.1:8080:82/tcp"
      - "127.0.0.1::83"
      - "[::1]:8084:84/udp"
      - "9000-9001:90-91"
      - {target: 95, published: "8095", protocol: tcp}
`
  const ports = service(read({ 'compose.yaml': text })).ports
  assert.deepEqual(
    ports.map(({ port, protocol, host }) => `${host?.ip}|${host?.port}|${port}/${protocol}`),
    [
      '||80/tcp',
      '|8080|81/tcp',
      '127.0.0.1|8080|82/tcp',
      '127.0.0.1||83/tcp',
      '::1|8084|84/udp',
      '|9000-9001|90/tcp',
      '|9000-9001|91/tcp',
      '|8095|95/tcp',
    ],
  )
})

test('a command as a text is split like a shell splits it', () => {
  const project = read({ 'compose.yaml': `services: {web: {command: "--a=1 --b='two words' --c=\\\\\\"x\\\\\\" d"}}` })
  assert.deepEqual(
    service(project).command?.map(({ text }) => text),
    ['--a=1', '--b=two words', '--c="x"', 'd'],
  )
})

test('containers as they would be: names, labels, networks, shared networks, replicas', () => {
  const project = read({
    'compose.yaml': `
services:
  web: {image: x, expose: ["80"], networks: [front, proxy], deploy: {replicas: 2}}
  side: {image: x, network_mode: "service:web"}
  fixed: {image: x, container_name: mine, network_mode: host, scale: 1}
networks:
  front:
  proxy: {external: true}
`,
  })
  const [first, second, side, fixed] = containersOf(project)
  assert.equal(first?.name, 'shop-web-1')
  assert.equal(second?.compose?.number, 2)
  assert.deepEqual([...(first?.networks.keys() ?? [])].sort(), ['proxy', 'shop_front'])
  assert.equal(side?.networkMode, `container:${first?.id}`)
  assert.equal(fixed?.name, 'mine')
  assert.equal(fixed?.networkMode, 'host')
  assert.deepEqual(first?.ports, [80])
  assert.notDeepEqual(first?.networks.get('proxy'), second?.networks.get('proxy'))
  assert.deepEqual(containersOf(project), [first, second, side, fixed], 'the same every time')
})

const wrong: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  problems: readonly string[],
])[] = [
  ['no file', { 'compose.yaml': 'include: [gone.yml]' }, ['fatal 1:11 /shop/gone.yml cannot be read']],
  ['a duplicate key', { 'compose.yaml': 'services: {}\nservices: {}' }, ['fatal 2:1 map keys must be unique']],
  ['no YAML', { 'compose.yaml': 'services: [' }, ['fatal 1:12 flow sequence in block collection']],
  ['no mapping', { 'compose.yaml': '- a' }, ['fatal 1:1 is not a compose file']],
  ['an empty file', { 'compose.yaml': '' }, ['warning 1:1 there are no services']],
  ['a file without services', { 'compose.yaml': 'name: x\nservices:' }, ['warning 2:10 there are no services']],
  ['services in a list', { 'compose.yaml': 'services: [web]' }, ['error 1:11 "services" is not a mapping']],
  ['a service that is a text', { 'compose.yaml': 'services: {web: x}' }, ['error 1:17 service "web" is not a mapping']],
  ['an alias of nothing', { 'compose.yaml': 'services: *none' }, ['fatal 1:11 there is no anchor "none" above']],
  [
    'a service that extends itself',
    { 'compose.yaml': 'services:\n  a: {extends: b}\n  b: {extends: a}' },
    ['error 2:16 service "a" extends itself', 'error 3:16 service "b" extends itself'],
  ],
  [
    'a service that extends nothing',
    { 'compose.yaml': 'services:\n  a: {extends: {service: gone}}\n  b: {extends: {file: c.yml}}' },
    [
      'error 2:16 service "a" extends "gone", which is not in this file',
      'error 3:16 service "b" extends nothing: "service" is missing',
    ],
  ],
  [
    'a file that includes itself',
    { 'compose.yaml': 'include: [compose.yaml]' },
    ['error 1:11 /shop/compose.yaml includes itself'],
  ],
  [
    'a variable that must be set',
    { 'compose.yaml': 'services: {a: {image: "${T:?tag}"}}' },
    ['error 1:23 the variable T must be set: tag'],
  ],
  [
    'mappings in a list of labels',
    { 'compose.yaml': 'services:\n  a:\n    labels:\n      - x: y' },
    ['error 4:9 a label in a list is one text'],
  ],
  [
    'labels in one text',
    { 'compose.yaml': 'services: {a: {labels: x=y}}' },
    ['error 1:24 labels are a mapping or a list'],
  ],
  [
    'a label that is a list',
    { 'compose.yaml': 'services: {a: {labels: {x: [y]}}}' },
    ['error 1:28 the label "x" has no text as its value'],
  ],
]
for (const [what, files, problems] of wrong) {
  test(`${what} is a problem with its place, and nothing throws`, () => {
    const found = read(files).problems.map(
      ({ severity, position, reason }) => `${severity} ${position.line}:${position.column} ${reason}`,
    )
    assert.equal(found.length, problems.length, found.join('\n'))
    for (const [i, problem] of problems.entries()) assert.ok(found[i]?.startsWith(problem), found.join('\n'))
  })
}

test('a document made to explode is refused', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `x${i + 1}: &x${i + 1} [${`*x${i},`.repeat(9)}]`)
  const project = read({ 'compose.yaml': ['x0: &x0 [a]', ...levels, 'services: {}'].join('\n') })
  assert.equal(project.problems[0]?.severity, 'fatal')
})
