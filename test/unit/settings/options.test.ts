import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'
import { entryPointNames } from '../../../src/settings/entrypoint-names.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { asksForHelp, optionsHelp } from '../../../src/settings/options-help.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'
import { settingsSchema } from '../../../src/settings/settings-schema.ts'
import type { EntryPointSettings, Settings } from '../../../src/settings/settings.ts'

const web = '--entrypoints.web.address=:80'

describe('options of an entrypoint', () => {
  const table: [string[], (entryPoint: EntryPointSettings) => unknown, unknown][] = [
    [['forwardedheaders.connection=X-A, X-B'], (e) => e.forwardedHeaders.connection, ['X-A', 'X-B']],
    [['forwardedheaders.notappendxforwardedfor'], (e) => e.forwardedHeaders.notAppendXForwardedFor, true],
    [['proxyprotocol'], (e) => e.proxyProtocol, { insecure: false, trustedIPs: [] }],
    [['proxyprotocol.insecure'], (e) => e.proxyProtocol, { insecure: true, trustedIPs: [] }],
    [['proxyprotocol.trustedips=10.0.0.1'], (e) => e.proxyProtocol, { insecure: false, trustedIPs: ['10.0.0.1'] }],
    [['http.sanitizepath=false'], (e) => e.paths.sanitize, false],
    [['http.encodequerysemicolons'], (e) => e.paths.encodeQuerySemicolons, true],
    [['http.encodedcharacters.allowencodedslash=false'], (e) => e.paths.encodedCharacters.allowEncodedSlash, false],
    [['http.encodedcharacters.allowencodedslash=false'], (e) => e.paths.encodedCharacters.allowEncodedHash, true],
    [['http.aliasheadersstrategy=Delete'], (e) => e.paths.underscoreHeaders, 'delete'],
    [['http.underscoreheadersstrategy=reject'], (e) => e.paths.underscoreHeaders, 'reject'],
    [
      ['http.underscoreheadersstrategy=keep', 'http.aliasheadersstrategy=keep'],
      (e) => e.paths.underscoreHeaders,
      'keep',
    ],
    [['http.middlewares=a@file,b@docker'], (e) => e.middlewares, ['a@file', 'b@docker']],
    [
      ['http.redirections.entrypoint.to=web'],
      (e) => e.redirection,
      { to: 'web', scheme: 'https', permanent: true, priority: 2n ** 63n - 2n },
    ],
    [
      [
        'http.redirections.entrypoint.to=:8443',
        'http.redirections.entrypoint.scheme=http',
        'http.redirections.entrypoint.permanent=false',
        'http.redirections.entrypoint.priority=-7',
      ],
      (e) => e.redirection,
      { to: ':8443', scheme: 'http', permanent: false, priority: -7n },
    ],
    [['http.tls'], (e) => e.tls, { options: undefined, certResolver: undefined, domains: [] }],
    [['http.tls=false'], (e) => e.tls, undefined],
    [
      ['http.tls.certresolver=le', 'http.tls.options=o', 'http.tls.domains[0].main=a', 'http.tls.domains[0].sans=b,c'],
      (e) => e.tls,
      { options: 'o', certResolver: 'le', domains: [{ main: 'a', sans: ['b', 'c'] }] },
    ],
    [
      ['observability.accesslogs=false'],
      (e) => e.observability,
      { accessLogs: false, metrics: undefined, tracing: undefined, traceVerbosity: undefined },
    ],
    [['observability.tracing=false'], (e) => e.observability, undefined],
  ]
  for (const [options, look, expected] of table) {
    test(options.join(' '), () => {
      const entryPoint = parseFlags([web, ...options.map((option) => `--entrypoints.web.${option}`)]).entryPoints.get(
        'web',
      )
      assert.ok(entryPoint !== undefined)
      assert.deepEqual(look(entryPoint), expected)
    })
  }
})

describe('options of everything else', () => {
  const docker = (settings: Settings): NonNullable<Settings['providers']['docker']> => {
    assert.ok(settings.providers.docker !== undefined)
    return settings.providers.docker
  }
  const table: [string[], (settings: Settings) => unknown, unknown][] = [
    [['--providers.docker.endpoint=ssh://user@host'], (s) => docker(s).endpoint, 'ssh://user@host'],
    [['--providers.docker.constraints=Label(`a`,`b`)'], (s) => docker(s).constraints, 'Label(`a`,`b`)'],
    [['--providers.docker.usebindportip'], (s) => docker(s).useBindPortIP, true],
    [['--providers.docker.allowinternalservices'], (s) => docker(s).allowInternalServices, true],
    [['--providers.docker.allowforeignaddresses'], (s) => docker(s).allowForeignAddresses, true],
    [['--providers.docker.network=web'], (s) => docker(s).network, 'web'],
    [
      ['--providers.docker.tls.ca=/ca.pem', '--providers.docker.username=u', '--providers.docker.password=p'],
      (s) => docker(s).connection,
      {
        tls: { ca: '/ca.pem', cert: undefined, key: undefined, insecureSkipVerify: false },
        username: 'u',
        password: 'p',
        timeoutMs: 0,
      },
    ],
    [['--providers.docker.httpclienttimeout=300'], (s) => docker(s).connection.timeoutMs, 300_000],
    [
      ['--providers.docker.hostpolicy[0].labels=team=a,b', '--providers.docker.hostpolicy[0].hosts=a.example'],
      (s) => docker(s).hostPolicy,
      [{ projects: [], networks: [], labels: ['team=a', 'b'], hosts: ['a.example'] }],
    ],
    [['--providers.providersthrottleduration=2s'], (s) => s.throttleMs, 2000],
    [['--providers.providersthrottleduration=0'], (s) => s.throttleMs, 0],
    [['--api.basepath=/traefik/'], (s) => s.api.basePath, '/traefik'],
    [['--api.basepath=/'], (s) => s.api.basePath, ''],
    [['--api.edit'], (s) => s.api.edit, true],
    [['--api'], (s) => s.api.stateFile, undefined],
    [['--api.statefile=/data/Muster.json'], (s) => s.api.stateFile, '/data/Muster.json'],
    [['--api.statefile='], (s) => s.api.stateFile, ''],
    [['--api.allowedhosts=lb.example, *.example.org'], (s) => s.api.allowedHosts, ['lb.example', '*.example.org']],
    [['--sticky.secret=0123456789abcdef'], (s) => s.sticky.secret, '0123456789abcdef'],
    [['--sticky.secret='], (s) => s.sticky.secret, undefined],
    [['--ping.manualrouting', '--ping.entrypoint=gone'], (s) => s.ping?.manualRouting, true],
    [['--ping.terminatingstatuscode=204'], (s) => s.ping?.terminatingStatusCode, 204],
    [['--core.defaultrulesyntax=v2'], (s) => s.core, { defaultRuleSyntax: 'v2' }],
    [['--accesslog.format=json'], (s) => s.accessLog?.format, 'json'],
    [['--accesslog.format=genericclf'], (s) => s.accessLog?.format, 'genericCLF'],
    [['--accesslog.filepath=/a.log'], (s) => s.accessLog?.filePath, '/a.log'],
    [['--accesslog.addinternals'], (s) => s.accessLog?.addInternals, true],
    [
      [
        '--accesslog.filters.statuscodes=200,300-302',
        '--accesslog.filters.retryattempts',
        '--accesslog.filters.minduration=10ms',
      ],
      (s) => s.accessLog?.filters,
      {
        statusCodes: [
          { from: 200, to: 200 },
          { from: 300, to: 302 },
        ],
        retryAttempts: true,
        minDurationMs: 10,
      },
    ],
    [
      [
        '--accesslog.fields.defaultmode=drop',
        '--accesslog.fields.names.ClientUsername=keep',
        '--accesslog.fields.headers.defaultmode=keep',
        '--accesslog.fields.headers.names.User-Agent=redact',
      ],
      (s) => s.accessLog?.fields,
      {
        defaultMode: 'drop',
        names: new Map([['clientusername', 'keep']]),
        headers: { defaultMode: 'keep', names: new Map([['user-agent', 'redact']]) },
      },
    ],
    [
      ['--metrics.prometheus'],
      (s) => s.metrics,
      {
        entryPoint: 'traefik',
        manualRouting: false,
        buckets: [0.1, 0.3, 1.2, 5],
        addEntryPointsLabels: true,
        addRoutersLabels: false,
        addServicesLabels: true,
      },
    ],
    [['--metrics.prometheus.buckets=5,0.5'], (s) => s.metrics?.buckets, [0.5, 5]],
    [['--metrics.prometheus'], (s) => [...s.entryPoints.keys()], ['http', 'traefik']],
    [['--metrics.prometheus.manualrouting'], (s) => [...s.entryPoints.keys()], ['http']],
    [['--ping.manualrouting'], (s) => [...s.entryPoints.keys()], ['http']],
    [
      [web, '--entrypoints.web.asdefault', '--entrypoints.b.address=:81'],
      (s) => entryPointNames(s).defaultEntryPoints,
      ['web'],
    ],
  ]
  for (const [argv, look, expected] of table) {
    test(argv.join(' '), () => assert.deepEqual(look(parseFlags(argv)), expected))
  }
})

describe('options that are accepted with a warning', () => {
  const table: [string[], RegExp][] = [
    [
      ['--certificatesresolvers.le.acme.email=a@b.c'],
      /^TLS is not supported yet: .*\(--certificatesresolvers.le.acme.em/,
    ],
    [[web, '--entrypoints.web.http.tls.certresolver=le'], /^TLS is not supported yet: .*http\.tls/],
    [[web, '--entrypoints.web.http.aliasheadersstrategy=delete'], /only those with an underscore/],
    [[web, '--entrypoints.web.http3'], /^HTTP\/2 and HTTP\/3 are not/],
    [[web, '--entrypoints.web.http2.maxconcurrentstreams=100'], /^HTTP\/2 and HTTP\/3 are not/],
    [[web, '--entrypoints.web.udp.timeout=3s'], /^UDP is not supported yet/],
    [['--serverstransport.insecureskipverify=true'], /^TLS to members is not supported yet/],
    [['--tcpserverstransport.dialtimeout=1s'], /^TCP is not supported yet/],
    [['--log.filepath=/var/log/traefik.log'], /^the log goes to standard output: .*\(--log\.filepath\)/],
    [['--api.debug=true'], /^there are no debugging pages/],
    [['--metrics.prometheus.headerlabels.useragent=User-Agent'], /^metric labels from request headers/],
  ]
  for (const [argv, warning] of table) {
    test(argv.at(-1) ?? '', () => {
      const { warnings, ignored } = parseFlags(argv)
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', warning)
      assert.deepEqual(ignored, [])
    })
  }

  test('one line for all of a kind, with the names of options but never their values', () => {
    const { warnings } = parseFlags([
      web,
      '--entrypoints.web.http.tls.certresolver=le',
      '--certificatesresolvers.le.acme.email=secret@b.c',
      '--certificatesresolvers.le.acme.storage=/acme.json',
    ])
    assert.equal(warnings.length, 1)
    assert.match(
      warnings[0] ?? '',
      /acme\.email, --certificatesresolvers\.le\.acme\.storage, --entrypoints\.web\.http\.tls/,
    )
    assert.doesNotMatch(warnings[0] ?? '', /secret|acme\.json/)
  })
})

describe('options that are refused', () => {
  const unsupported: [string, RegExp][] = [
    ['--entrypoints.dns.address=:53/udp', /UDP entrypoints are not supported yet/],
    ['--providers.swarm', /Swarm is not supported yet/],
    ['--providers.kubernetesingress', /does not have the kubernetesIngress provider/],
    ['--experimental.plugins.a.modulename=x', /plugins are not supported yet/],
    ['--hostresolver', /CNAME flattening is not supported yet/],
    ['--hub.token=x', /not part of Traefik Hub/],
    ['--accesslog.dualoutput', /not supported yet/],
    ['--metrics.addinternals', /not supported yet/],
    ['--entrypoints.http.forwardedheaders.addxforwardedschemeheaders', /not supported yet/],
    // What Traefik 3 refuses itself, with a hint.
    ['--pilot.token=x', /removed in Traefik 3/],
    ['--providers.docker.swarmmode', /removed in Traefik 3: use providers\.swarm/],
    ['--providers.docker.tls.caoptional', /removed in Traefik 3/],
    ['--providers.marathon', /removed in Traefik 3/],
    ['--providers.rancher', /removed in Traefik 3/],
    ['--experimental.http3', /removed in Traefik 3: write entryPoints\.<name>\.http3/],
    ['--tracing.jaeger', /removed in Traefik 3: tracing\.otlp/],
    ['--tracing.spannamelimit=10', /removed in Traefik 3/],
    ['--docker', /removed in Traefik 3: write providers\.docker/],
    ['--acme.email=a@b.c', /removed in Traefik 3: write certificatesResolvers/],
  ]
  for (const [option, sentence] of unsupported) {
    test(option, () => refuses(['--entrypoints.http.address=:80', option], 'unsupported-option', sentence))
  }

  const wrong: [string, RegExp][] = [
    [
      '--entrypoints.web.http.redirections.entrypoint.to=websecur',
      /entrypoint "websecur" does not exist; did you mean "websecure"/,
    ],
    ['--entrypoints.web.http.redirections.entrypoint.scheme=https', /has no "to"/],
    ['--entrypoints.web.http.redirections.entrypoint.priority=1.5', /"1\.5" is not a whole number/],
    ['--entrypoints.web.http.sanitizepath=no', /"no" is not true or false/],
    ['--entrypoints.web.http.aliasheadersstrategy=drop', /"drop" is not one of: keep, delete, reject/],
    ['--entrypoints.web.proxyprotocol.trustedips=all', /"all" is not an IP address or range/],
    ['--entrypoints.web.transport.respondingtimeouts.readtimeout=soon', /"soon" is not a duration/],
    ['--metrics.prometheus.entrypoint=wep', /"--metrics.prometheus.entrypoint".*did you mean "web"/],
    ['--metrics.prometheus.buckets=0.1,fast', /"fast" is not a number/],
    ['--accesslog.filters.statuscodes=2xx', /"2xx" is not a status/],
    ['--accesslog.filters.statuscodes=302-300', /"302-300" is not a status/],
    ['--accesslog.fields.defaultmode=redact', /"redact" is not one of: keep, drop/],
    ['--api.basepath=traefik', /"traefik" is not a path/],
    ['--api.allowedhosts=https://lb.example', /"https:\/\/lb\.example" is not a host: write muster\.example\.com/],
    ['--api.allowedhosts=lb.example:8080', /without scheme and port/],
    ['--core.defaultrulesyntax=v1', /"v1" is not one of: v3, v2/],
    ['--providers.docker.hostpolicy[0].projects=a', /a host policy needs hosts/],
    ['--providers.docker.hostpolicy.projects=a', /"hostpolicy" is a list/],
    ['--providers.docker.httpclienttimeout=-1', /is not between 0 and/],
  ]
  for (const [option, sentence] of wrong) {
    test(option, () => refuses([web, '--entrypoints.websecure.address=:443', option], 'bad-value', sentence))
  }

  test('two names of one option that contradict', () => {
    const at = '--entrypoints.web.http'
    refuses(
      [web, `${at}.aliasheadersstrategy=keep`, `${at}.underscoreheadersstrategy=reject`],
      'bad-value',
      /underscoreheadersstrategy": aliasHeadersStrategy says otherwise/,
    )
  })

  test('a secret that is too short, without showing it', () => {
    assert.throws(
      () => parseFlags(['--sticky.secret=hunter2']),
      ({ message }: Error) => !message.includes('hunter2') && message.includes('16 characters at least'),
    )
  })

  test('an endpoint that is none, without showing what may be a password in it', () => {
    assert.throws(
      () => parseFlags(['--providers.docker.endpoint=user:secret@host']),
      ({ message }: Error) => !message.includes('secret') && message.includes('is not an endpoint'),
    )
  })
})

describe('--help', () => {
  test('is asked for in any place and spelling of Traefik', () => {
    for (const word of ['--help', '-help', '-h', '--h']) assert.ok(asksForHelp(['--api', word]))
    assert.equal(asksForHelp(['--api', 'help']), false)
  })

  test('has a line for every option that works, and names all others but the removed ones', () => {
    const help = optionsHelp()
    for (const { path, inert } of schemaPaths(settingsSchema)) {
      if (inert === undefined) assert.ok(help.includes(`  --${path} `), path)
      else if (!inert.includes('removed') && path !== 'configFile') assert.ok(help.includes(path), path)
    }
    assert.match(help, /--entryPoints\.<entrypoint>\.address +address \(required\)\n/)
    assert.match(help, /--ping\.terminatingStatusCode +whole number.*\(503\)\n/)
    assert.doesNotMatch(help, /undefined|NaN|\[object/)
  })
})

function refuses(argv: readonly string[], code: SettingsError['code'], message: RegExp): void {
  assert.throws(
    () => parseFlags(argv),
    (error) => {
      assert.ok(error instanceof SettingsError, String(error))
      assert.match(error.message, message)
      assert.equal(error.code, code)
      return true
    },
  )
}
