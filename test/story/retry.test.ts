// A member that breaks off with requests in it, through all of Muster: nobody notices but who counts.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { startMuster } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { configFile, openMemberWith } from '../support/file-config.ts'
import { member } from '../support/members-told.ts'
import { startRawOrigin } from '../support/origin.ts'

for (const threads of [0, 2]) {
  test(`uploads are given to the next member and counted, with ${threads} threads`, async () => {
    await using dying = await startRawOrigin((peer) => {
      peer.socket.on('data', () => {
        if (peer.received.endsWith('body')) peer.socket.resetAndDestroy()
      })
    })
    await using steady = await openMemberWith((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
      request.on('end', () => response.end(`${request.method} ${body}`))
    })
    const servers = `[{ url: 'http://127.0.0.1:${dying.port}' }, { url: '${steady.url}', status: +H }]`
    await using config = await configFile(`
http:
  routers:
    careful: { rule: PathPrefix(\`/\`), service: careful }
    careless: { rule: PathPrefix(\`/careless\`), service: careless }
  services:
    careful: { loadBalancer: { servers: ${servers} } }
    careless: { loadBalancer: { retryNonIdempotent: true, servers: ${servers} } }
`)
    await using muster = await startMuster(
      `--providers.file.filename=${config.path}`,
      `--threads=${threads}`,
      '--metrics.prometheus',
      '--accesslog.format=json',
      `--accesslog.filepath=${config.path}.log`,
    )
    await muster.logged(({ message }) => message === 'configuration updated')
    const send = async (method: string, path: string): Promise<string> => {
      const { status, body } = await ask(muster.port, path, { method, body: 'body' })
      return `${status} ${body}`
    }
    assert.equal(await send('PUT', '/'), '200 PUT body')
    assert.equal(await send('POST', '/'), '502 Bad Gateway')
    assert.equal(await send('POST', '/careless'), '200 POST body')
    assert.equal(dying.peers.length, 3)

    // Counted when an answer is written out, which its client need not wait for.
    await eventually(async () => {
      const { body: metrics } = await ask(muster.apiPort, '/metrics')
      const retries = metrics.split('\n').filter((line) => line.startsWith('traefik_service_retries_total'))
      assert.deepEqual(retries.toSorted(), [
        'traefik_service_retries_total{service="careful@file"} 1',
        'traefik_service_retries_total{service="careless@file"} 1',
      ])
    }, 10_000)
    await eventually(async () => {
      const lines = (await readFile(`${config.path}.log`, 'utf8')).trim().split('\n')
      // By request: lines of two threads come in any order.
      const told = lines.map((line) => {
        const { RequestMethod, RequestPath, Failure = '', ServiceURL } = JSON.parse(line) as Record<string, string>
        return [`${RequestMethod} ${RequestPath}`, [Failure.split(':')[0], ServiceURL]] as const
      })
      assert.deepEqual(Object.fromEntries(told), {
        'PUT /': ['reset', steady.url],
        'POST /': ['reset', `http://127.0.0.1:${dying.port}`],
        'POST /careless': ['reset', steady.url],
      })
    }, 10_000)
    assert.equal((await member(muster.apiPort, `127.0.0.1:${dying.port}`)).errors, 2)
  })
}
