import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { connectionBudget, openFilesMax } from '../../../src/settings/connection-budget.ts'
import { entrypointDefaults, forwarderDefaults } from '../../../src/settings/limits.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'
import { settingsSchema } from '../../../src/settings/settings-schema.ts'
import type { EntryPointSettings, Settings } from '../../../src/settings/settings.ts'

const closed: Omit<EntryPointSettings, 'host' | 'port' | 'limits'> = {
  asDefault: false,
  forwardedHeaders: { insecure: false, trustedIPs: [], connection: [], notAppendXForwardedFor: false },
  proxyProtocol: undefined,
  paths: {
    sanitize: true,
    encodedCharacters: {
      allowEncodedSlash: true,
      allowEncodedBackSlash: true,
      allowEncodedNullCharacter: true,
      allowEncodedSemicolon: true,
      allowEncodedPercent: true,
      allowEncodedQuestionMark: true,
      allowEncodedHash: true,
    },
    encodeQuerySemicolons: false,
    underscoreHeaders: undefined,
  },
  middlewares: [],
  redirection: undefined,
  tls: undefined,
  observability: undefined,
}
/** With as many connections as one may have who is alone. */
const limits = { ...entrypointDefaults, maxConnections: shareOf(availableParallelism(), 1) }

describe('parseFlags', () => {
  test("has Traefik's defaults when nothing is said", () => {
    assert.deepEqual(parseFlags([]), {
      entryPoints: new Map([['http', { host: undefined, port: 80, ...closed, limits }]]),
      providers: { docker: undefined, file: undefined },
      api: {
        enabled: false,
        insecure: false,
        dashboard: false,
        basePath: '',
        edit: false,
        stateFile: undefined,
        allowedHosts: [],
      },
      sticky: { secret: undefined },
      dockerSocket: undefined,
      ping: undefined,
      log: { level: 'info', format: 'common' },
      accessLog: undefined,
      metrics: undefined,
      core: { defaultRuleSyntax: 'v3' },
      threads: availableParallelism(),
      limits: {
        ...forwarderDefaults,
        maxReplayMemory: Math.floor(forwarderDefaults.maxReplayMemory / availableParallelism()),
      },
      hold: { timeoutMs: 15_000, maxRequests: Math.ceil(1000 / availableParallelism()) },
      throttleMs: 100,
      ignored: [],
      warnings: [],
    } satisfies Settings)
  })

  test('reads the command line the project came from', () => {
    const { entryPoints, providers, api } = parseFlags(['--api.insecure=true', '--providers.docker'])
    assert.deepEqual(
      [...entryPoints].map(([name, { port }]) => [name, port]),
      [
        ['http', 80],
        ['traefik', 8080],
      ],
    )
    assert.deepEqual(api, {
      enabled: true,
      insecure: true,
      dashboard: true,
      basePath: '',
      edit: false,
      stateFile: undefined,
      allowedHosts: [],
    })
    assert.deepEqual(providers, {
      docker: {
        endpoint: '',
        connection: { tls: undefined, username: undefined, password: undefined, timeoutMs: 0 },
        exposedByDefault: true,
        defaultRule: 'Host(`{{ normalize .Name }}`)',
        network: undefined,
        watch: true,
        constraints: undefined,
        useBindPortIP: false,
        allowInternalServices: false,
        allowForeignAddresses: false,
        hostPolicy: [],
      },
      file: undefined,
    })
  })

  test('takes one dash or two, any case, and a value after = or as the next word', () => {
    const expected = parseFlags(['--entrypoints.web.address=:8081', '--log.level=debug'])
    for (const argv of [
      ['-entrypoints.web.address=:8081', '-log.level=debug'],
      ['--entryPoints.web.address', ':8081', '--LOG.Level', 'DEBUG'],
      ['--ENTRYPOINTS.web.ADDRESS', ':8081', '-log.level', 'Debug'],
    ]) {
      assert.deepEqual(parseFlags(argv), expected, argv.join(' '))
    }
  })

  test('takes a boolean or a struct without = for true, and no word after it', () => {
    const on = { enabled: true, dashboard: true, basePath: '', edit: false, stateFile: undefined, allowedHosts: [] }
    assert.deepEqual(parseFlags(['--api.insecure', '--ping', '--accesslog']).api, { ...on, insecure: true })
    assert.equal(parseFlags(['--accesslog']).accessLog?.format, 'common')
    assert.equal(parseFlags(['--accesslog=false']).accessLog, undefined)
    assert.deepEqual(parseFlags(['--api']).api, { ...on, insecure: false })
    refuses(['--api.insecure', 'false'], 'unexpected-argument', /"false" is not an option/)
  })

  test('appends a list given again, and takes the last of anything else', () => {
    const { entryPoints, log } = parseFlags([
      '--entrypoints.web.address=:80',
      '--entrypoints.web.forwardedheaders.trustedips=10.0.0.0/8,::1',
      '--entryPoints.web.forwardedHeaders.trustedIPs=192.168.0.1',
      '--log.level=debug',
      '--log.level=warn',
    ])
    assert.deepEqual(entryPoints.get('web')?.forwardedHeaders.trustedIPs, ['10.0.0.0/8', '::1', '192.168.0.1'])
    assert.equal(log.level, 'warn')
  })

  test('makes the entrypoint traefik when somebody needs it and nobody defined it', () => {
    const names = (...argv: string[]): string[] => [...parseFlags(argv).entryPoints.keys()]
    assert.deepEqual(names('--ping'), ['http', 'traefik'])
    assert.deepEqual(names('--api'), ['http'])
    assert.deepEqual(names('--entrypoints.web.address=:80', '--ping', '--ping.entrypoint=web'), ['web'])
    const { entryPoints } = parseFlags(['--entrypoints.traefik.address=127.0.0.1:9000', '--api.insecure'])
    assert.equal(entryPoints.get('traefik')?.host, '127.0.0.1')
    assert.deepEqual([...entryPoints.keys()], ['http', 'traefik'])
  })

  test("reads Traefik's addresses", () => {
    const addressOf = (address: string): unknown => {
      const { host, port } = parseFlags([`--entrypoints.web.address=${address}`]).entryPoints.get('web') ?? {}
      return [host, port]
    }
    assert.deepEqual(addressOf(':80'), [undefined, 80])
    assert.deepEqual(addressOf('127.0.0.1:8080/tcp'), ['127.0.0.1', 8080])
    assert.deepEqual(addressOf('[::1]:80'), ['::1', 80])
    assert.deepEqual(addressOf('localhost:0'), ['localhost', 0])
  })

  test('refuses what is no address', () => {
    for (const address of ['80', 'web', ':70000', '::1:80', '[1.2.3.4]:80', ':80/sctp', 'http://:80', ':']) {
      refuses([`--entrypoints.web.address=${address}`], 'bad-value', /is not an address; write :80/)
    }
    refuses(['--entrypoints.web.address=:53/udp'], 'unsupported-option', /UDP entrypoints are not supported yet/)
    refuses(['--entrypoints.web.asdefault'], 'bad-value', /"web" has no "address"/)
  })

  test('names the nearest option for one it does not know', () => {
    refuses(['--entrypoints.web.adress=:80'], 'unknown-option', /"--entrypoints.web.adress".*did you mean "address"\?/)
    refuses(['--provider.docker'], 'unknown-option', /"--provider.docker".*did you mean "providers"\?/)
    refuses(['--providers.docker.exposedByDefaults', 'false'], 'unknown-option', /did you mean "exposedByDefault"\?/)
    refuses(['--__proto__.polluted=1'], 'unknown-option', /unknown field "__proto__"/)
    refuses(['--a..b=1'], 'unknown-option', /"--a..b"/)
  })

  test('refuses options that Traefik has and Muster does not, and says so', () => {
    refuses(['--providers.swarm'], 'unsupported-option', /Swarm is not supported yet/)
    refuses(['--providers.consul'], 'unsupported-option', /Muster does not have the consul provider/)
    refuses(['--experimental.plugins.x.modulename', 'y'], 'unsupported-option', /plugins are not supported yet/)
    refuses(['--providers.docker.endpoint=npipe:////./pipe/x'], 'unsupported-option', /npipe:\/\/ endpoints/)
  })

  test('accepts the off value of such an option where off is what happens anyway', () => {
    assert.deepEqual(parseFlags(['--api.debug=false', '--providers.swarm=false']).ignored, [])
  })

  test('takes the number of threads, none included', () => {
    assert.equal(parseFlags(['--threads=3']).threads, 3)
    assert.equal(parseFlags(['--threads', '0']).threads, 0)
    refuses(['--threads=-1'], 'bad-value', /"-1" is not between 0 and 256/)
    refuses(['--threads=257'], 'bad-value', /"257" is not between 0 and 256/)
    refuses(['--threads=many'], 'bad-value', /"many" is not a whole number/)
  })

  test('names every option that is wrong, a line each', () => {
    const error = refusal(['--log.level=loud', '--entrypoints.web.asdefault', '--pign', '--hostresolver'])
    assert.deepEqual(error.message.split('\n').length, 4)
  })

  test('accepts options of telemetry and update checks, and tells which had no effect', () => {
    const { ignored } = parseFlags([
      '--global.checkNewVersion=false',
      '--global.sendanonymoususage',
      '--tracing.otlp.http.endpoint',
      'http://collector:4318',
      '--metrics.statsd.address=x:1',
    ])
    assert.deepEqual(ignored.toSorted(), [
      '--global.checkNewVersion',
      '--global.sendanonymoususage',
      '--metrics.statsd.address',
      '--tracing.otlp.http.endpoint',
    ])
  })

  test('refuses bad values', () => {
    refuses(['--log.level=loud'], 'bad-value', /"loud" is not a log level; one of trace, debug/)
    refuses(['--log.format=xml'], 'bad-value', /"xml" is not one of: common, json/)
    refuses(['--api.insecure=maybe'], 'bad-value', /"maybe" is not true or false/)
    refuses(['--accesslog=maybe'], 'bad-value', /switches "accesslog" off/)
    refuses(['--providers.docker.endpoint=/var/run/docker.sock'], 'bad-value', /is not an endpoint; write unix:/)
    refuses(['--providers.file'], 'bad-value', /needs a filename or a directory/)
    refuses(
      ['--ping.entrypoint=wep', '--entrypoints.web.address=:80'],
      'bad-value',
      /"wep" does not exist; did you mean "web"/,
    )
    for (const range of ['10.0.0.0/33', 'host', '10.0.0.0/', '1.2.3.4/8/9', '::/129']) {
      const flag = `--entrypoints.web.forwardedheaders.trustedips=${range}`
      refuses(['--entrypoints.web.address=:80', flag], 'bad-value', /is not an IP address or range/)
    }
  })

  test('refuses words that are no option, and an option without its value', () => {
    refuses(['up'], 'unexpected-argument', /"up" is not an option/)
    refuses(['--'], 'unexpected-argument', /"--"/)
    refuses(['---x'], 'unexpected-argument', /"---x"/)
    refuses(['--log.level'], 'missing-value', /"--log.level" needs a value/)
  })

  test('takes limits from where Traefik has them, each entrypoint its own', () => {
    const { limits: ofMembers, entryPoints } = parseFlags([
      '--threads=1',
      '--entrypoints.web.address=:80',
      '--entrypoints.web.transport.respondingtimeouts.idletimeout=300',
      '--entrypoints.web.transport.respondingtimeouts.readtimeout=10s',
      '--entrypoints.web.transport.respondingtimeouts.writetimeout=1m',
      '--entrypoints.web.transport.keepalivemaxrequests=100',
      '--entrypoints.web.transport.keepalivemaxtime=1h',
      '--entrypoints.web.transport.lifecycle.gracetimeout=20s',
      '--entrypoints.web.transport.lifecycle.requestacceptgracetimeout=5s',
      '--entrypoints.web.http.maxheaderbytes=131072',
      '--entrypoints.api.address=:81',
      '--entrypoints.api.transport.respondingtimeouts.idletimeout=0',
      '--entrypoints.api.transport.lifecycle.gracetimeout=0',
      '--serverstransport.forwardingtimeouts.dialtimeout=2s',
      '--serverstransport.maxidleconnsperhost=7',
    ])
    const common = { ...entrypointDefaults, maxConnections: shareOf(1, 2) }
    assert.deepEqual(entryPoints.get('web')?.limits, {
      ...common,
      idleTimeoutMs: 300_000,
      readTimeoutMs: 10_000,
      writeTimeoutMs: 60_000,
      keepAliveMaxRequests: 100,
      keepAliveMaxTimeMs: 3_600_000,
      graceTimeOutMs: 20_000,
      acceptGraceMs: 5000,
      maxHeaderBytes: 131_072,
    })
    assert.deepEqual(entryPoints.get('api')?.limits, { ...common, idleTimeoutMs: 0, graceTimeOutMs: 0 })
    assert.deepEqual(ofMembers, { ...forwarderDefaults, connectTimeoutMs: 2000, maxIdlePerMember: 7 })
  })

  test('gives its own limits to every entrypoint, implicit ones too', () => {
    const { entryPoints } = parseFlags([
      '--threads=4',
      '--ping',
      '--limits.maxheaderfields=50',
      '--limits.headertimeout=3s',
      '--limits.minbodyrate=1000',
      '--limits.bodygrace=4s',
      '--limits.sendtimeout=30s',
      '--limits.maxconnections=1000',
      '--limits.maxconnectionsperip=20',
      '--limits.maxmemory=80',
    ])
    const given = {
      ...entrypointDefaults,
      maxHeaderFields: 50,
      headerTimeoutMs: 3000,
      minBodyRate: 1000,
      bodyGraceMs: 4000,
      sendTimeoutMs: 30_000,
      maxConnections: 250,
      maxConnectionsPerIp: 20,
      maxMemoryPercent: 80,
    }
    assert.deepEqual(entryPoints.get('http')?.limits, given)
    assert.deepEqual(entryPoints.get('traefik')?.limits, { ...given, maxMemoryPercent: 0 })
    refuses(['--limits.maxmemory=101'], 'bad-value', /"101" is not between 0 and 100/)
  })

  test('lets in as many clients as open files allow, shared out among entrypoints and threads; 0 is any number', () => {
    const maxOf = (...argv: string[]): number[] =>
      [...parseFlags(argv).entryPoints.values()].map(({ limits: { maxConnections } }) => maxConnections)
    assert.deepEqual(maxOf('--threads=0'), [shareOf(1, 1)])
    assert.deepEqual(maxOf('--threads=3', '--ping'), [shareOf(3, 2), shareOf(3, 2)])
    assert.deepEqual(maxOf('--threads=3', '--limits.maxconnections=0'), [0])
  })

  test('keeps bodies for another member up to a limit that is shared out among threads; 0 is none', () => {
    const limitsOf = (...argv: string[]): number[] => {
      const { maxReplayBytes, maxReplayMemory } = parseFlags(argv).limits
      return [maxReplayBytes, maxReplayMemory]
    }
    assert.deepEqual(limitsOf('--threads=0'), [65_536, 64 * 1024 * 1024])
    assert.deepEqual(limitsOf('--threads=3', '--limits.maxreplaymemory=1000'), [65_536, 333])
    assert.deepEqual(limitsOf('--threads=1', '--limits.maxreplaybytes=0', '--limits.maxreplaymemory=0'), [0, 0])
    refuses(['--limits.maxReplayBytes=-1'], 'bad-value', /maxReplayBytes/)
  })

  test('throws nothing but a SettingsError, whatever the words', () => {
    const option = fc.constantFrom(
      ...[...schemaPaths(settingsSchema)].map(({ path }) => `--${path.replaceAll(/<\w+>/g, 'web')}`),
    )
    const value = fc.oneof(fc.constantFrom('true', 'false', ':80', '10s', '0', ''), fc.string())
    const word = fc.oneof(
      option,
      fc.tuple(option, value).map((pair) => pair.join('=')),
      value,
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          assert.ok(parseFlags(argv).entryPoints.size > 0)
        } catch (error) {
          assert.ok(error instanceof SettingsError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })
})

function shareOf(threads: number, entryPoints: number): number {
  return Math.ceil(Math.ceil(connectionBudget(openFilesMax()) / entryPoints) / threads)
}

function refusal(argv: readonly string[]): SettingsError {
  try {
    parseFlags(argv)
  } catch (error) {
    if (error instanceof SettingsError) return error
    throw error
  }
  return assert.fail(`${argv.join(' ')} was accepted`)
}

function refuses(argv: readonly string[], code: SettingsError['code'], message: RegExp): void {
  const error = refusal(argv)
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
}
