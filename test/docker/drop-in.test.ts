// Compose files as Traefik's users have them, beside each other on a real engine: what only an engine can show of networks,
// of a container's signals and files, and of projects that know nothing of each other.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { ComposeProject, requireFreePorts } from '../support/compose.ts'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'

const port = 18_100
const apiPort = 18_101
/** Of the backend on the host's own network. */
const hostPort = 18_102
const settleMs = 20_000

const ground = await prepareGround()

if (ground.kind === 'missing' || ground.v2.kind === 'missing') {
  const reason = ground.kind === 'missing' ? ground.reason : ground.v2.kind === 'missing' ? ground.v2.reason : ''
  test('a compose file written for Traefik', { skip: reason })
} else dropIn(ground.v2)

function dropIn(tool: ComposeTool): void {
  describe('a compose file written for Traefik', () => {
    const name = `muster-drop-in-${process.pid}`
    const front = `${name}_front`
    let directory: string
    let project: ComposeProject
    let neighbour: ComposeProject

    before(async () => {
      await requireFreePorts([port, apiPort, hostPort])
      directory = await mkdtemp(join(tmpdir(), 'muster-drop-in-'))
      await mkdir(join(directory, 'logs'))
      const file = join(directory, 'compose.yaml')
      const neighbourFile = join(directory, 'neighbour.yaml')
      await writeFile(file, composeFile)
      await writeFile(neighbourFile, neighbourComposeFile(front))
      project = new ComposeProject({ tool, name, file })
      neighbour = new ComposeProject({ tool, name: `${name}-neighbour`, file: neighbourFile })
      await project.up()
      await eventually(async () => assert.equal(await status('both.local'), 200), settleMs)
    })

    after(async () => {
      await neighbour?.[Symbol.asyncDispose]()
      await project?.[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    })

    test('its HEALTHCHECK calls the image’s program by Traefik’s name, with the options of the environment', async () => {
      const { id } = await project.container('proxy')
      await eventually(
        async () =>
          assert.equal((await run('docker', ['inspect', '-f', '{{.State.Health.Status}}', id])).trim(), 'healthy'),
        settleMs,
      )
      assert.match(await run('docker', ['exec', id, 'muster', 'healthcheck']), /^OK: /)
    })

    test('its default rule and constraints decide which containers are routed, and by which host', async () => {
      assert.equal(await status('plain.apps.local'), 200)
      assert.equal(await status('staged.apps.local'), 404)
    })

    test('a member on several networks is reached on the one it shares with Muster', async () => {
      const { id } = await project.container('both')
      const format = `{{(index .NetworkSettings.Networks "${front}").IPAddress}}`
      const address = (await run('docker', ['inspect', '-f', format, id])).trim()
      assert.match(await askApi('/api/http/services/both@docker'), new RegExp(`"http://${address}:80"`))
    })

    test('a running member takes requests while it is connected to a network of Muster, and no longer', async () => {
      const { id } = await project.container('late')
      const isApart = async () =>
        assert.match(await askApi('/api/muster/problems'), /late-1: shares no network with Muster/)
      assert.equal(await status('late.local'), 503)
      await isApart()
      await run('docker', ['network', 'connect', front, id])
      await eventually(async () => assert.equal(await status('late.local'), 200), settleMs)
      await run('docker', ['network', 'disconnect', front, id])
      // A request that is on its way in this instant gets no answer: nothing says so to the other end of its connection.
      await eventually(isApart, settleMs)
      assert.equal(await status('late.local'), 503)
    })

    test('a member on the host’s network and one in another’s are reached', async () => {
      await eventually(async () => assert.equal(await status('host.local'), 200), settleMs)
      await eventually(async () => assert.equal(await status('guest.local'), 200), settleMs)
    })

    test('a paused member is asked nothing until it goes on', async () => {
      const { id } = await project.container('both')
      await run('docker', ['pause', id])
      await eventually(async () => assert.equal(await status('both.local'), 503), settleMs)
      await run('docker', ['unpause', id])
      await eventually(async () => assert.equal(await status('both.local'), 200), settleMs)
    })

    test('the access log begins a new file after USR1, as logrotate asks for it', async () => {
      const path = join(directory, 'logs', 'access.log')
      const { id } = await project.container('proxy')
      const logged = async (query: string, file: string) => {
        assert.equal(await status('both.local', `/?${query}`), 200)
        await eventually(async () => assert.ok(pathsIn(await readFile(file, 'utf8')).includes(`/?${query}`)), settleMs)
      }
      await logged('before', path)
      await rename(path, `${path}.1`)
      await run('docker', ['kill', '-s', 'USR1', id])
      await eventually(async () => assert.equal(await readFile(path, 'utf8'), ''), settleMs)
      await logged('after', path)
      assert.ok(!pathsIn(await readFile(`${path}.1`, 'utf8')).includes('/?after'))
    })

    test('another project gets neither a name that is taken nor Muster’s own API', async () => {
      assert.equal(await status('api.local', '/api/version'), 200)
      await neighbour.up()
      await eventually(async () => assert.equal(await status('neighbour.local'), 200), settleMs)
      assert.equal(await status('stolen.local'), 404)
      assert.equal(await status('both.local'), 200)
      assert.equal(await status('opened.local', '/api/version'), 404)
      const problems = await askApi('/api/muster/problems')
      assert.match(problems, /the name is taken: /)
      assert.match(problems, /\\"api@internal\\" is not for labels of this container/)
    })
  })
}

async function status(host: string, path = '/'): Promise<number> {
  using visitor = new Visitor({ port, host })
  return (await visitor.get(path)).status
}

async function askApi(path: string): Promise<string> {
  using visitor = new Visitor({ port: apiPort, host: `localhost:${apiPort}` })
  return (await visitor.get(path)).body
}

function pathsIn(accessLog: string): string[] {
  const lines = accessLog.split('\n').filter(Boolean)
  return lines.map((line) => (JSON.parse(line) as { readonly RequestPath: string }).RequestPath)
}

const composeFile = `
services:
  proxy:
    image: muster
    environment:
      TRAEFIK_API_INSECURE: 'true'
      TRAEFIK_PING: 'true'
      TRAEFIK_HOLD_TIMEOUT: 500ms
      TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':80'
      TRAEFIK_PROVIDERS_DOCKER: 'true'
      TRAEFIK_PROVIDERS_DOCKER_CONSTRAINTS: '!Label(\`stage\`, \`test\`)'
      TRAEFIK_PROVIDERS_DOCKER_DEFAULTRULE: 'Host(\`{{ index .Labels "com.docker.compose.service" }}.apps.local\`)'
      TRAEFIK_ACCESSLOG_FORMAT: json
      TRAEFIK_ACCESSLOG_FILEPATH: /logs/access.log
    ports: ['127.0.0.1:${port}:80', '127.0.0.1:${apiPort}:8080']
    networks: [front]
    extra_hosts: ['host.docker.internal:host-gateway']
    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro', './logs:/logs']
    healthcheck: { test: [CMD, traefik, healthcheck], interval: 1s }
    labels:
      traefik.http.routers.api.rule: Host(\`api.local\`)
      traefik.http.routers.api.service: api@internal
  plain:
    image: muster
    command: whoami --port 80
    networks: [front]
  staged:
    image: muster
    command: whoami --port 80
    networks: [front]
    labels: { stage: test }
  both:
    image: muster
    command: whoami --port 80
    networks: [back, front]
    labels:
      traefik.http.routers.both.rule: Host(\`both.local\`)
      traefik.http.services.both.loadbalancer.server.port: 80
  late:
    image: muster
    command: whoami --port 80
    networks: [back]
    labels:
      traefik.http.routers.late.rule: Host(\`late.local\`)
  host:
    image: muster
    command: whoami --port ${hostPort}
    network_mode: host
    labels:
      traefik.http.routers.host.rule: Host(\`host.local\`)
      traefik.http.services.host.loadbalancer.server.port: ${hostPort}
  guest:
    image: muster
    command: whoami --port 81
    network_mode: service:both
    labels:
      traefik.http.routers.guest.rule: Host(\`guest.local\`)
      traefik.http.services.guest.loadbalancer.server.port: 81
networks:
  back:
  front:
`

function neighbourComposeFile(network: string): string {
  return `
services:
  web:
    image: muster
    command: whoami --port 80
    networks: [front]
    labels:
      traefik.http.routers.neighbour.rule: Host(\`neighbour.local\`)
      traefik.http.routers.neighbour.service: web
      traefik.http.routers.both.rule: Host(\`stolen.local\`)
      traefik.http.routers.both.service: web
      traefik.http.routers.opened.rule: Host(\`opened.local\`)
      traefik.http.routers.opened.service: api@internal
      traefik.http.services.web.loadbalancer.server.port: 80
networks:
  front: { name: ${network}, external: true }
`
}
