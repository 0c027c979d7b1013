// `npm run demo`, as a person runs it: what it prints is true.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../compose/setup/run.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'
import { seenBy } from './seen-by.ts'

const demo = join(import.meta.dirname, '..', '..', 'compose', 'setup', 'demo.ts')

const ground = await prepareGround()
const missing = ground.kind === 'missing' ? ground : ground.v2

test(
  'the demo starts, does what it says, and goes away',
  { skip: missing.kind === 'missing' && missing.reason },
  async () => {
    const http = await freePort()
    const api = await freePort()
    const project = `muster-demo-${process.pid}`
    const env = { MUSTER_HTTP_PORT: String(http), MUSTER_API_PORT: String(api), COMPOSE_PROJECT_NAME: project }
    try {
      const printed = await run(process.execPath, [demo], { env })
      assert.match(printed, new RegExp(`The cluster is up: http://localhost:${http}/`))

      using visitor = new Visitor({ port: http, host: `localhost:${http}` })
      const jokes = [
        await visitor.get('/api/jokes/'),
        await visitor.get('/api/jokes/'),
        await visitor.get('/api/jokes/'),
      ]
      const [first, second, third] = jokes.map((answer) => seenBy(answer).hostname)
      assert.notEqual(first, second)
      assert.equal(first, third)

      const scale = /^ +(MUSTER_\S+ MUSTER_\S+ )(.*--scale.*)$/m.exec(printed)?.[2]
      assert.ok(scale, printed)
      const [program = '', ...args] = scale.split(' ')
      await run(program, args, { env })
      await eventually(async () => {
        const seen = new Set<string>()
        for (let i = 0; i < 3; i++) seen.add(seenBy(await visitor.get('/api/jokes/')).hostname)
        assert.equal(seen.size, 3)
      }, 20_000)

      const manager = new RegExp(`http://localhost:${api}/balancer-manager`).exec(printed)?.[0]
      assert.ok(manager, printed)
      assert.equal((await fetch(manager.replace('localhost', '127.0.0.1'))).status, 200)
    } finally {
      await run(process.execPath, [demo, 'down'], { env })
    }
    const left = await run('docker', ['ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`])
    assert.equal(left, '')
  },
)
