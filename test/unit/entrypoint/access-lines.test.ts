import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accessLines } from '../../../src/entrypoint/access-lines.ts'
import { newRecord } from '../../../src/entrypoint/access-log.ts'
import type { AccessLine } from '../../../src/entrypoint/access-log.ts'
import type { ExchangeRecord } from '../../../src/exchange/exchange.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import type { AccessLogSettings } from '../../../src/settings/settings.ts'

const settings: AccessLogSettings = {
  format: 'json',
  filePath: undefined,
  addInternals: false,
  filters: { statusCodes: [], retryAttempts: false, minDurationMs: 0 },
  fields: { defaultMode: 'keep', names: new Map(), headers: { defaultMode: 'drop', names: new Map() } },
}

const line: AccessLine = {
  entrypoint: 'web',
  count: 7,
  startUtc: new Date('2026-02-03T04:05:06.789Z'),
  durationMs: 12.4,
  serviceMs: 12.1,
  status: 200,
  bytes: 321,
  requestBytes: 3,
  responseBytes: 200,
  clientIp: '192.0.2.1',
  clientPort: 4711,
  method: 'GET',
  path: '/a?b=c',
  protocol: 'HTTP/1.1',
  secure: false,
  headers: { host: 'Shop.local:8080', 'user-agent': 'curl/8' },
  requestFields: [
    'Host',
    'Shop.local:8080',
    'user-agent',
    'curl/8',
    'Authorization',
    'Basic secret',
    'X-A',
    '1',
    'x-a',
    '2',
  ],
  responseFields: ['content-type', 'text/html', 'Set-Cookie', 'a=b'],
  record: {
    ...newRecord(undefined),
    router: 'web@docker',
    service: 'shop@docker',
    member: 'shop/web/1',
    server: 'http://172.18.0.2:80',
    attempts: 2,
  },
}

function json(
  fields: Partial<Omit<AccessLogSettings['fields'], 'headers'>> & {
    headers?: Partial<AccessLogSettings['fields']['headers']>
  },
  written: AccessLine = line,
): Record<string, unknown> {
  const { headers, ...rest } = fields
  const all = { ...settings.fields, ...rest, headers: { ...settings.fields.headers, ...headers } }
  const text = accessLines({ ...settings, fields: all })(written)
  assert(text !== undefined)
  return JSON.parse(text) as Record<string, unknown>
}

function withRecord(record: Partial<ExchangeRecord>): AccessLine {
  return { ...line, record: { ...line.record, ...record } }
}

describe('a JSON line', () => {
  it("has Traefik's fields", () => {
    const { StartLocal, time, ...rest } = json({})
    assert.deepEqual(rest, {
      ClientAddr: '192.0.2.1:4711',
      ClientHost: '192.0.2.1',
      ClientPort: '4711',
      ClientUsername: '-',
      DownstreamContentSize: 200,
      DownstreamStatus: 200,
      Duration: 12_400_000,
      OriginContentSize: 200,
      OriginDuration: 12_100_000,
      OriginStatus: 200,
      Overhead: 300_000,
      RequestAddr: 'Shop.local:8080',
      RequestContentSize: 3,
      RequestCount: 7,
      RequestHost: 'shop.local',
      RequestMethod: 'GET',
      RequestPath: '/a?b=c',
      RequestPort: '8080',
      RequestProtocol: 'HTTP/1.1',
      RequestScheme: 'http',
      RetryAttempts: 1,
      RouterName: 'web@docker',
      ServiceAddr: '172.18.0.2:80',
      ServiceName: 'shop@docker',
      ServiceURL: 'http://172.18.0.2:80',
      StartUTC: '2026-02-03T04:05:06.789Z',
      entryPointName: 'web',
      level: 'info',
      msg: '',
    })
    assert.equal(new Date(String(StartLocal)).getTime(), line.startUtc.getTime())
    assert(!Number.isNaN(new Date(String(time)).getTime()))
  })

  it('says how a member failed the request', () => {
    const failure = new UpstreamError('reset', 'forwarding to member "a": gone', { sent: true })
    assert.equal(json({}, withRecord({ failure }))['Failure'], 'reset: forwarding to member "a": gone')
    assert(!('Failure' in json({})))
  })

  it('has nothing of a service where no router was found', () => {
    const answered = json({}, { ...line, status: 404, serviceMs: undefined, record: newRecord(undefined) })
    const of = [
      'RouterName',
      'ServiceName',
      'ServiceURL',
      'ServiceAddr',
      'OriginStatus',
      'OriginContentSize',
      'OriginDuration',
    ]
    for (const name of of) assert(!(name in answered), name)
    assert.equal(answered['DownstreamStatus'], 404)
    assert.equal(answered['Overhead'], 12_400_000)
  })

  it('brackets IPv6 where a port follows, and has a dash for a port that is not given', () => {
    const { ClientAddr, ClientHost, RequestHost, RequestPort } = json(
      {},
      { ...line, clientIp: '2001:db8::1', headers: { host: '[::1]' } },
    )
    assert.deepEqual(
      [ClientAddr, ClientHost, RequestHost, RequestPort],
      ['[2001:db8::1]:4711', '2001:db8::1', '::1', '-'],
    )
  })

  it('names the client a trusted proxy names', () => {
    const requestFields = ['X-Forwarded-For', '198.51.100.7', 'x-forwarded-for', '10.0.0.1']
    assert.equal(json({}, { ...line, requestFields })['ClientHost'], '198.51.100.7, 10.0.0.1')
  })

  it('keeps and drops fields by their names in any case', () => {
    const kept = json({
      defaultMode: 'drop',
      names: new Map([
        ['requestpath', 'keep'],
        ['EntryPointName', 'keep'],
      ]),
    })
    assert.deepEqual(Object.keys(kept).toSorted(), ['RequestPath', 'entryPointName', 'level', 'msg', 'time'])
    const dropped = json({ names: new Map([['CLIENTHOST', 'drop']]) })
    assert(!('ClientHost' in dropped) && 'ClientAddr' in dropped)
  })

  const headerCases = [
    ['none by default', {}, {}],
    [
      'those that are named',
      {
        names: new Map([
          ['user-AGENT', 'keep'],
          ['authorization', 'redact'],
        ] as const),
      },
      { 'request_User-Agent': 'curl/8', request_Authorization: 'REDACTED' },
    ],
    [
      'all but those that are named',
      {
        defaultMode: 'keep',
        names: new Map([
          ['Authorization', 'drop'],
          ['Set-Cookie', 'redact'],
        ] as const),
      },
      {
        'request_User-Agent': 'curl/8',
        'request_X-A': '1,2',
        'origin_Content-Type': 'text/html',
        'origin_Set-Cookie': 'REDACTED',
        'downstream_Content-Type': 'text/html',
        'downstream_Set-Cookie': 'REDACTED',
      },
    ],
  ] as const
  for (const [which, headers, expected] of headerCases) {
    it(`has headers: ${which}`, () => {
      const shown = Object.entries(json({ headers })).filter(([name]) => /^(request|origin|downstream)_/.test(name))
      assert.deepEqual(Object.fromEntries(shown), expected)
    })
  }

  it('is one line whatever a client puts in', () => {
    const text = accessLines(settings)({ ...line, path: '/\n"\u001b[31m' })
    assert(text !== undefined)
    for (const control of ['\n', '\u001b']) assert(!text.includes(control))
  })
})

describe('which lines are written', () => {
  const cases: readonly (readonly [
    what: string,
    filters: Partial<AccessLogSettings['filters']>,
    AccessLine,
    boolean,
  ])[] = [
    ['a line without filters', {}, line, true],
    ['a status in a range', { statusCodes: [{ from: 200, to: 204 }] }, line, true],
    [
      'a status in none',
      {
        statusCodes: [
          { from: 201, to: 204 },
          { from: 400, to: 599 },
        ],
      },
      line,
      false,
    ],
    ['a status in none, but tried again', { statusCodes: [{ from: 400, to: 599 }], retryAttempts: true }, line, true],
    ['one not tried again', { retryAttempts: true }, withRecord({ attempts: 1 }), false],
    ['one that took longer', { minDurationMs: 12 }, line, true],
    ['one that took no longer', { minDurationMs: 12.4 }, line, false],
    ['one whose router wants none', {}, withRecord({ quiet: true }), false],
    ["one of Muster's own", {}, withRecord({ service: 'api@internal' }), false],
  ]
  for (const [what, filters, written, expected] of cases) {
    it(`${what}: ${expected ? 'yes' : 'no'}`, () => {
      const textOf = accessLines({ ...settings, filters: { ...settings.filters, ...filters } })
      assert.equal(textOf(written) !== undefined, expected)
    })
  }

  it("those of Muster's own when wanted", () => {
    assert(accessLines({ ...settings, addInternals: true })(withRecord({ service: 'api@internal' })) !== undefined)
  })

  it('in the format that is set', () => {
    assert.match(
      accessLines({ ...settings, format: 'common' })(line) ?? '',
      / 7 "web@docker" "http:\/\/172.18.0.2:80" 12ms$/,
    )
  })
})
