import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { runHealthcheck } from '../../../src/cli/healthcheck.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'

describe('muster healthcheck', () => {
  test('is well when ping answers 200 and not otherwise, with a line that says so', async () => {
    let status = 200
    const asked: string[] = []
    const server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`)
      response.writeHead(status).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/ping`
    const address = `--entrypoints.traefik.address=:${port}`

    assert.deepEqual(await check([address, '--ping']), [0, `OK: ${url}`])
    assert.deepEqual(await check([address, '--api.insecure']), [0, `OK: ${url}`])
    assert.deepEqual(await check([`--entrypoints.web.address=127.0.0.1:${port}`, '--ping.entrypoint=web']), [
      0,
      `OK: ${url}`,
    ])
    const env = { TRAEFIK_PING: 'true', TRAEFIK_ENTRYPOINTS_TRAEFIK_ADDRESS: `0.0.0.0:${port}` }
    assert.deepEqual(await check([], env), [0, `OK: ${url}`])
    assert.deepEqual(new Set(asked), new Set(['GET /ping']))

    status = 503
    assert.deepEqual(await check([address, '--ping']), [1, `${url} answered 503`])
    server.close()
    await once(server, 'close')
    assert.deepEqual(await check([address, '--ping']), [1, `${url} cannot be asked: ECONNREFUSED`])
  })

  test('says what is missing when there is nothing to ask', async () => {
    assert.deepEqual(await check([]), [1, 'ping is not enabled; give --ping to the controller and to this command'])
    const [code, line] = await check(['--ping', '--entrypoints.traefik.address=:0'])
    assert.equal(code, 1)
    assert.match(line, /port of entrypoint "traefik" is not known/)
    await assert.rejects(check(['--pign']), SettingsError)
  })
})

async function check(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<[number, string]> {
  const lines: string[] = []
  const code = await runHealthcheck(argv, env, (line) => lines.push(line))
  assert.equal(lines.length, 1)
  return [code, lines[0] ?? '']
}
