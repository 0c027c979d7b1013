// The proxy without the engine's socket, root, capabilities and a disk: it scales as any other, and has nothing to give away.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { ComposeProject } from '../support/compose.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'

const settleMs = 30_000
const ground = await prepareGround()

if (ground.kind === 'missing' || ground.v2.kind === 'missing') {
  const reason = ground.kind === 'missing' ? ground.reason : ground.v2.kind === 'missing' ? ground.v2.reason : ''
  test('the hardened form serves and scales', { skip: reason })
} else hardened(ground.v2)

function hardened(tool: ComposeTool): void {
  describe('the hardened form', () => {
    const name = `muster-hardened-${process.pid}`
    let directory: string
    let project: ComposeProject
    let port: number

    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'muster-hardened-'))
      port = await freePort()
      const text = await readFile(join(import.meta.dirname, '../../compose/hardened.yaml'), 'utf8')
      const file = join(directory, 'compose.yaml')
      await writeFile(file, withoutOthers(text, name))
      project = new ComposeProject({ tool, name, file, env: { MUSTER_HTTP_PORT: String(port) } })
      await project.up()
      await served(2)
    })
    after(async () => {
      await project?.[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    })

    test('scales up and down under load, and no request is lost', async () => {
      const stop = new AbortController()
      // No POST: the backend closes idle connections when it is told to stop, and one that crosses with that cannot be repeated.
      // Only stops through Muster's own socket wait for it, and the engine's is what this form keeps away from it.
      const clients = Array.from({ length: 8 }, (_, index) => askOnAndOn(index % 2 === 0 ? 'GET' : 'PUT', stop.signal))
      for (const count of [4, 1, 3]) {
        await project.up({ web: count })
        await served(count)
      }
      stop.abort()
      const answers = (await Promise.all(clients)).flat()
      assert.ok(answers.length > 100, `${answers.length} answers`)
      assert.deepEqual(
        answers.filter((status) => status !== 200),
        [],
      )
    })

    test('runs as nobody in particular, cannot write, and has no capabilities', async () => {
      const { id } = await project.container('proxy')
      const status = await run('docker', ['exec', id, 'cat', '/proc/1/status'])
      assert.match(status, /^Uid:\s+1000\s/m)
      assert.match(status, /^CapEff:\s+0+$/m)
      assert.match(status, /^NoNewPrivs:\s+1$/m)
      await assert.rejects(run('docker', ['exec', id, 'node', '-e', 'fs.writeFileSync("/muster/x", "")']), /EROFS/)
      await assert.rejects(run('docker', ['exec', id, 'node', '-e', 'fs.statSync("/var/run/docker.sock")']), /ENOENT/)
    })

    test('what it can ask of the engine is what it needs: no more containers, no secrets', async () => {
      const { id } = await project.container('proxy')
      const inside = async (method: string, path: string): Promise<string> =>
        run('docker', ['exec', id, 'node', '-e', askEngine, method, path])
      assert.match(await inside('GET', '/version'), /^200 /)
      for (const [method, path] of [
        ['POST', '/containers/create'],
        ['POST', `/containers/${id}/stop`],
        ['DELETE', `/containers/${id}`],
        ['GET', `/containers/${id}/archive?path=/`],
        ['GET', `/containers/${id}/logs?stdout=1`],
        ['GET', '/secrets'],
      ] as const) {
        assert.match(await inside(method, path), /^403 /, path)
      }
      const inspected = await inside('GET', `/containers/${id}/json`)
      assert.match(inspected, /^200 /)
      assert.doesNotMatch(inspected, /NODE_ENV=production/)
    })

    /** Waits until so many replicas answer, and nobody else does. */
    async function served(count: number): Promise<void> {
      await eventually(async () => {
        const running = (await project.containers('web')).map(({ hostname }) => hostname).toSorted()
        assert.equal(running.length, count)
        const seen = new Set<string>()
        for (let i = 0; i < count * 2; i++) {
          using visitor = new Visitor({ port, host: 'localhost' })
          const { status, body } = await visitor.get('/')
          assert.equal(status, 200)
          seen.add((JSON.parse(body) as { hostname: string }).hostname)
        }
        assert.deepEqual([...seen].toSorted(), running)
      }, settleMs)
    }

    async function askOnAndOn(method: string, signal: AbortSignal): Promise<readonly number[]> {
      const statuses: number[] = []
      while (!signal.aborted && statuses.length < 20_000) {
        statuses.push(
          await ask(port, '/', { method }).then(
            ({ status }) => status,
            () => 0,
          ),
        )
      }
      return statuses
    }
  })
}

/** Asks the engine as the proxy could, over its own socket; prints status and body. */
const askEngine = `
const [method, path] = process.argv.slice(1)
const sent = require('node:http').request({ socketPath: '/run/muster/docker.sock', method, path }, async (answer) => {
  let body = ''
  for await (const piece of answer) body += piece
  console.log(answer.statusCode + ' ' + body)
})
sent.end()
`

/** Labels of other containers on this machine would have a say: a router of theirs may come first. */
function withoutOthers(text: string, project: string): string {
  const constraint = `--providers.docker.constraints=Label(\`com.docker.compose.project\`, \`${project}\`)`
  const changed = text.replace('      --ping=true\n', `      --ping=true "${constraint}"\n`)
  assert.notEqual(changed, text)
  return changed
}
