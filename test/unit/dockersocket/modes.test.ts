// What each mode lets through: exact paths, looked at as they are written.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventFilters } from '../../../src/provider/docker/engine-event.ts'
import { ask, json, openStage } from './stage.ts'

const id = 'f'.repeat(64)
const filters = (value: unknown): string => encodeURIComponent(JSON.stringify(value))
const own = filters(eventFilters)

interface Allowed {
  readonly mode: 'read-only' | 'controller'
  readonly passes: readonly string[]
  readonly refuses: readonly string[]
}

/** Of both modes: everything that changes, takes away or gets inside. */
const neverAllowed = [
  'POST /containers/create',
  'POST /containers/a/stop',
  'POST /v1.41/containers/a/kill?signal=TERM',
  'DELETE /containers/a?force=1',
  'PUT /containers/a/archive?path=/',
  'GET /containers/a/archive?path=/etc',
  'HEAD /containers/a/archive?path=/etc',
  'GET /containers/a/export',
  'GET /containers/a/attach/ws?stdin=1',
  'GET /containers/a/top?ps_args=e',
  'GET /containers/a/changes',
  'GET /images/a/get',
  'GET /images/get?names=a',
  'GET /exec/a/json',
  'GET /secrets',
  'GET /configs/a',
  'GET /swarm',
  'GET /services',
  'GET /plugins',
  'GET /volumes',
  'GET /system/df',
  'POST /build',
  'POST /session',
  'POST /grpc',
  'OPTIONS /containers/json',
  // Spelled differently than the engine's own paths.
  'GET /containers/JSON',
  'GET /Containers/json',
  'GET /containers/json/',
  'GET /containers%2Fjson',
  'GET /containers/%61/json',
  'GET /v1.41/v1.41/containers/json',
  'GET /v2/containers/json',
  'GET /v1/containers/json',
  'GET /libpod/containers/json',
  'GET /containers/a/b/json',
  'GET /containers/.a/json',
  'GET /xcontainers/json',
  'GET /containers/jsonx',
  `GET /containers/${id}/json;x`,
]

const modes: readonly Allowed[] = [
  {
    mode: 'read-only',
    passes: [
      'GET /_ping',
      'HEAD /_ping',
      'GET /v1.41/version',
      'GET /info',
      'GET /v1.51/events?since=1',
      'GET /containers/json?all=1&filters=%7B%7D',
      'GET /containers/web_1.a-b/json?size=1',
      `HEAD /v1.41/containers/${id}/json`,
      'GET /containers/a/logs?stdout=1&follow=1',
      'GET /containers/a/stats',
      'GET /images/json',
      'GET /images/registry.example:5000/a/b:tag@sha256:00/json',
      'GET /networks',
      'GET /networks/bridge',
    ],
    refuses: [
      'HEAD /events',
      'POST /containers/a/logs',
      'GET /images/a/history',
      'GET /networks/a/b',
      'DELETE /networks/a',
    ],
  },
  {
    mode: 'controller',
    passes: [
      'GET /_ping',
      'HEAD /_ping',
      'GET /version',
      'GET /v1.41/version',
      `GET /v1.41/events?filters=${own}`,
      `GET /events?filters=${filters({ type: { container: true }, event: { die: true } })}`,
      'GET /containers/json',
      'GET /v1.44/containers/json?all=true',
      `GET /v1.44/containers/${id}/json`,
    ],
    refuses: [
      'GET /info',
      'GET /events',
      'GET /events?filters=',
      'GET /events?filters=%7B%7D',
      `GET /events?filters=${filters({ type: ['container'] })}`,
      `GET /events?filters=${filters({ type: ['container'], event: [] })}`,
      `GET /events?filters=${filters({ type: ['container'], event: ['exec_create'] })}`,
      `GET /events?filters=${filters({ type: ['secret'], event: ['die'] })}`,
      `GET /events?filters=${filters({ ...eventFilters, label: ['a'] })}`,
      `GET /events?filters=${filters([])}`,
      `GET /events?filters=${own}&filters=%7B%7D`,
      `GET /events?filters=${own};filters=%7B%7D`,
      `GET /events?filters=${own}&since=0`,
      `GET /events?Filters=${own}`,
      'GET /containers/json?all=true&size=true',
      'GET /containers/json?size=1',
      'GET /containers/a/json',
      `GET /containers/${id.toUpperCase()}/json`,
      `GET /containers/${id}/json?size=1`,
      `GET /containers/${id.slice(1)}/json`,
      'GET /containers/a/logs?stdout=1',
      'GET /containers/a/stats',
      'GET /images/json',
      'GET /networks',
    ],
  },
]

for (const { mode, passes, refuses } of modes) {
  describe(`mode ${mode}`, () => {
    for (const line of passes) {
      test(`passes ${line.slice(0, 80)}`, async () => {
        await using stage = await openStage({ mode })
        await using client = await stage.client(ask(line))
        await using engine = await stage.engineSide()
        assert.equal(await engine.until('\r\n\r\n'), ask(line))
        engine.send('HTTP/1.1 204 No Content\r\n\r\n')
        await client.until('204')
      })
    }

    for (const line of [...neverAllowed, ...refuses]) {
      test(`refuses ${line.slice(0, 100)}`, async () => {
        await using stage = await openStage({ mode })
        await using client = await stage.client(ask(line))
        const answer = await client.all()
        assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\nContent-Type: application\/json\r\n/)
        if (!line.startsWith('HEAD')) {
          const { message } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { message: string }
          assert.match(
            message,
            new RegExp(`^refused by Muster's Docker API socket: .* is not allowed in mode ${mode}$`),
          )
        }
        assert.equal(stage.dialled, 0)
      })
    }

    const disguises = [
      ['X-HTTP-Method-Override: DELETE', /the field x-http-method-override is not allowed/],
      ['x-original-url: /containers/create', /the field x-original-url is not allowed/],
      ['Upgrade: tcp', /an upgraded connection is not allowed/],
      ['Connection: keep-alive, Upgrade', /an upgraded connection is not allowed/],
      ['Content-Length: 5', /a request with a body is not allowed/],
      ['Transfer-Encoding: chunked', /a request with a body is not allowed/],
    ] as const
    for (const [field, reason] of disguises) {
      test(`refuses ${field}`, async () => {
        await using stage = await openStage({ mode })
        await using client = await stage.client(ask('GET /_ping', field))
        assert.match(await client.all(), reason)
        assert.equal(stage.dialled, 0)
      })
    }

    test('an engine that upgrades a connection unasked is cut off', async () => {
      await using stage = await openStage({ mode })
      await using client = await stage.client(ask('GET /version'))
      await using engine = await stage.engineSide()
      engine.send('HTTP/1.1 101 UPGRADED\r\n\r\n')
      assert.match(await client.all(), /^HTTP\/1\.1 502 /)
    })

    test('an inspection shows no value of an environment, and everything else as the engine wrote it', async () => {
      await using stage = await openStage({ mode })
      const inspection = `{"Id":"${id}","Config":{"Env":["PASSWORD=hunter2=x","EMPTY="],"StopSignal":"TERM"},
        "HostConfig":{"Memory":9223372036854771712,"CpuQuota":1.0,"LogConfig":{"Type":"splunk","Config":{"splunk-token":"hunter2"}}},"Args":null}`
      const shown = {
        Id: id,
        Config: { Env: ['PASSWORD=***', 'EMPTY=***'], StopSignal: 'TERM' },
        HostConfig: { Memory: 0, CpuQuota: 1, LogConfig: { Type: 'splunk', Config: { 'splunk-token': '***' } } },
        Args: null,
      }
      await using client = await stage.client()
      const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${inspection.slice(0, 5)}\r\n${(inspection.length - 5).toString(16)}\r\n${inspection.slice(5)}\r\n0\r\n\r\n`
      const plain = `HTTP/1.1 200 OK\r\nContent-Length: ${inspection.length}\r\n\r\n${inspection}`
      client.send(ask(`GET /containers/${id}/json`))
      await using engine = await stage.engineSide()
      for (const answer of [chunked, plain]) {
        client.received = ''
        engine.send(answer)
        const got = await client.until('"Args":null}')
        assert.match(got, /"Memory":9223372036854771712,"CpuQuota":1\.0,/)
        const body = got.slice(got.indexOf('\r\n\r\n')).replace('9223372036854771712', '0')
        assert.deepEqual(JSON.parse(body), shown)
        client.send(ask(`GET /containers/${id}/json`))
      }
      client.received = ''
      engine.send(json({ message: 'No such container: Env' }, '404 Not Found'))
      await client.until('No such container: Env')
    })
  })
}

test('mode full passes whatever the engine may know', async () => {
  await using stage = await openStage()
  await using client = await stage.client()
  client.send(ask('GET /containers/a/archive?path=/etc', 'X-HTTP-Method-Override: DELETE', 'Origin: null'))
  await using engine = await stage.engineSide()
  for (const line of [...neverAllowed, 'GET /volumes/my%20volume', 'PATCH /new/thing']) {
    engine.send('HTTP/1.1 204 No Content\r\n\r\n')
    if (line.startsWith('POST') || line.startsWith('DELETE')) continue
    client.send(ask(line))
    await engine.until(ask(line))
  }
})
