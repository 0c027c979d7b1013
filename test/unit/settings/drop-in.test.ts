// Static configurations as people write them for Traefik, each in the four forms there are.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseSettings } from '../../../src/settings/parse-settings.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'
import type { Settings } from '../../../src/settings/settings.ts'

interface Configuration {
  readonly name: string
  readonly flags: readonly string[]
  readonly yaml: string
  readonly toml: string
  readonly env: readonly string[]
  readonly expect: (settings: Settings) => void
}

const configurations: Configuration[] = [
  {
    name: 'the quick start',
    flags: ['--api.insecure=true', '--providers.docker'],
    yaml: 'api:\n  insecure: true\nproviders:\n  docker: {}\n',
    toml: '[api]\n  insecure = true\n[providers.docker]\n',
    env: ['TRAEFIK_API_INSECURE=true', 'TRAEFIK_PROVIDERS_DOCKER=true'],
    expect({ entryPoints, providers }) {
      assert.deepEqual([...entryPoints.keys()], ['http', 'traefik'])
      assert.equal(providers.docker?.exposedByDefault, true)
    },
  },
  {
    name: 'one entrypoint, opt-in containers',
    flags: [
      '--api.insecure=true',
      '--providers.docker=true',
      '--providers.docker.exposedbydefault=false',
      '--entrypoints.web.address=:80',
    ],
    yaml: 'api: {insecure: true}\nproviders:\n  docker:\n    exposedByDefault: false\nentryPoints:\n  web:\n    address: ":80"\n',
    toml: '[api]\ninsecure = true\n[providers.docker]\nexposedByDefault = false\n[entryPoints.web]\naddress = ":80"\n',
    env: [
      'TRAEFIK_API_INSECURE=true',
      'TRAEFIK_PROVIDERS_DOCKER=true',
      'TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT=false',
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
    ],
    expect({ entryPoints, providers }) {
      assert.deepEqual([...entryPoints.keys()], ['traefik', 'web'])
      assert.equal(providers.docker?.exposedByDefault, false)
    },
  },
  {
    name: 'redirection to TLS with a TLS challenge',
    flags: [
      '--log.level=DEBUG',
      '--providers.docker=true',
      '--providers.docker.exposedbydefault=false',
      '--entryPoints.web.address=:80',
      '--entryPoints.web.http.redirections.entryPoint.to=websecure',
      '--entryPoints.web.http.redirections.entryPoint.scheme=https',
      '--entryPoints.websecure.address=:443',
      '--certificatesresolvers.myresolver.acme.tlschallenge=true',
      '--certificatesresolvers.myresolver.acme.email=postmaster@example.com',
      '--certificatesresolvers.myresolver.acme.storage=/letsencrypt/acme.json',
    ],
    yaml: `log:
  level: DEBUG
providers:
  docker:
    exposedByDefault: false
entryPoints:
  web:
    address: :80
    http:
      redirections:
        entryPoint:
          to: websecure
          scheme: https
  websecure:
    address: :443
certificatesResolvers:
  myresolver:
    acme:
      tlsChallenge: {}
      email: postmaster@example.com
      storage: /letsencrypt/acme.json
`,
    toml: `[log]
  level = "DEBUG"
[providers.docker]
  exposedByDefault = false
[entryPoints]
  [entryPoints.web]
    address = ":80"
    [entryPoints.web.http.redirections.entryPoint]
      to = "websecure"
      scheme = "https"
  [entryPoints.websecure]
    address = ":443"
[certificatesResolvers.myresolver.acme]
  email = "postmaster@example.com"
  storage = "/letsencrypt/acme.json"
  [certificatesResolvers.myresolver.acme.tlsChallenge]
`,
    env: [
      'TRAEFIK_LOG_LEVEL=DEBUG',
      'TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT=false',
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
      'TRAEFIK_ENTRYPOINTS_WEB_HTTP_REDIRECTIONS_ENTRYPOINT_TO=websecure',
      'TRAEFIK_ENTRYPOINTS_WEB_HTTP_REDIRECTIONS_ENTRYPOINT_SCHEME=https',
      'TRAEFIK_ENTRYPOINTS_WEBSECURE_ADDRESS=:443',
      'TRAEFIK_CERTIFICATESRESOLVERS_MYRESOLVER_ACME_TLSCHALLENGE=true',
      'TRAEFIK_CERTIFICATESRESOLVERS_MYRESOLVER_ACME_EMAIL=postmaster@example.com',
      'TRAEFIK_CERTIFICATESRESOLVERS_MYRESOLVER_ACME_STORAGE=/letsencrypt/acme.json',
    ],
    expect({ entryPoints, warnings, log }) {
      assert.equal(log.level, 'debug')
      assert.equal(entryPoints.get('web')?.redirection?.to, 'websecure')
      assert.deepEqual(warnings.length, 1)
    },
  },
  {
    name: 'TLS for a whole entrypoint, DNS challenge, HTTP/3',
    flags: [
      '--providers.docker.network=proxy',
      '--entrypoints.websecure.address=:443',
      '--entrypoints.websecure.http.tls=true',
      '--entrypoints.websecure.http.tls.certresolver=cf',
      '--entrypoints.websecure.http.tls.domains[0].main=example.com',
      '--entrypoints.websecure.http.tls.domains[0].sans=*.example.com,*.local.example.com',
      '--entrypoints.websecure.http3.advertisedport=443',
      '--certificatesresolvers.cf.acme.dnschallenge.provider=cloudflare',
      '--certificatesresolvers.cf.acme.dnschallenge.resolvers=1.1.1.1:53,1.0.0.1:53',
    ],
    yaml: `providers: {docker: {network: proxy}}
entryPoints:
  websecure:
    address: :443
    http:
      tls:
        certResolver: cf
        domains:
          - main: example.com
            sans: ['*.example.com', '*.local.example.com']
    http3:
      advertisedPort: 443
certificatesResolvers:
  cf:
    acme:
      dnsChallenge:
        provider: cloudflare
        resolvers: ['1.1.1.1:53', '1.0.0.1:53']
`,
    toml: `[providers.docker]
network = "proxy"
[entryPoints.websecure]
address = ":443"
[entryPoints.websecure.http.tls]
certResolver = "cf"
[[entryPoints.websecure.http.tls.domains]]
main = "example.com"
sans = ["*.example.com", "*.local.example.com"]
[entryPoints.websecure.http3]
advertisedPort = 443
[certificatesResolvers.cf.acme.dnsChallenge]
provider = "cloudflare"
resolvers = ["1.1.1.1:53", "1.0.0.1:53"]
`,
    env: [
      'TRAEFIK_PROVIDERS_DOCKER_NETWORK=proxy',
      'TRAEFIK_ENTRYPOINTS_WEBSECURE_ADDRESS=:443',
      'TRAEFIK_ENTRYPOINTS_WEBSECURE_HTTP_TLS_CERTRESOLVER=cf',
      'TRAEFIK_ENTRYPOINTS_WEBSECURE_HTTP_TLS_DOMAINS_0_MAIN=example.com',
      'TRAEFIK_ENTRYPOINTS_WEBSECURE_HTTP_TLS_DOMAINS_0_SANS=*.example.com,*.local.example.com',
      'TRAEFIK_ENTRYPOINTS_WEBSECURE_HTTP3_ADVERTISEDPORT=443',
      'TRAEFIK_CERTIFICATESRESOLVERS_CF_ACME_DNSCHALLENGE_PROVIDER=cloudflare',
      'TRAEFIK_CERTIFICATESRESOLVERS_CF_ACME_DNSCHALLENGE_RESOLVERS=1.1.1.1:53,1.0.0.1:53',
    ],
    expect({ entryPoints, warnings }) {
      const sans = ['*.example.com', '*.local.example.com']
      assert.deepEqual(entryPoints.get('websecure')?.tls?.domains, [{ main: 'example.com', sans }])
      assert.equal(warnings.length, 2)
    },
  },
  {
    name: 'a socket proxy and the dashboard behind a router',
    flags: [
      '--api.dashboard=true',
      '--api.insecure=false',
      '--providers.docker.endpoint=tcp://socket-proxy:2375',
      '--providers.docker.exposedByDefault=false',
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      '--entrypoints.web.address=:80',
    ],
    yaml: `api: {dashboard: true, insecure: false}
providers:
  docker:
    endpoint: tcp://socket-proxy:2375
    exposedByDefault: false
global: {checkNewVersion: false, sendAnonymousUsage: false}
entryPoints: {web: {address: ":80"}}
`,
    toml: `[global]
checkNewVersion = false
sendAnonymousUsage = false
[api]
dashboard = true
insecure = false
[providers.docker]
endpoint = "tcp://socket-proxy:2375"
exposedByDefault = false
[entryPoints.web]
address = ":80"
`,
    env: [
      'TRAEFIK_API_DASHBOARD=true',
      'TRAEFIK_API_INSECURE=false',
      'TRAEFIK_PROVIDERS_DOCKER_ENDPOINT=tcp://socket-proxy:2375',
      'TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT=false',
      'TRAEFIK_GLOBAL_CHECKNEWVERSION=false',
      'TRAEFIK_GLOBAL_SENDANONYMOUSUSAGE=false',
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
    ],
    expect({ api, entryPoints, providers, ignored }) {
      assert.deepEqual(api, {
        enabled: true,
        insecure: false,
        dashboard: true,
        basePath: '',
        edit: false,
        stateFile: undefined,
        allowedHosts: [],
      })
      assert.deepEqual([...entryPoints.keys()], ['web'])
      assert.equal(providers.docker?.endpoint, 'tcp://socket-proxy:2375')
      assert.equal(ignored.length, 2)
    },
  },
  {
    name: 'behind another proxy, with access log and filters',
    flags: [
      '--entrypoints.web.address=:80',
      '--entrypoints.web.forwardedheaders.trustedips=127.0.0.1/32,172.16.0.0/12',
      '--entrypoints.web.proxyprotocol.trustedips=127.0.0.1/32',
      '--accesslog=true',
      '--accesslog.format=json',
      '--accesslog.filepath=/var/log/access.log',
      '--accesslog.bufferingsize=100',
      '--accesslog.filters.statuscodes=400-499,500-599',
      '--accesslog.fields.headers.names.user-agent=keep',
    ],
    yaml: `entryPoints:
  web:
    address: :80
    forwardedHeaders:
      trustedIPs:
        - 127.0.0.1/32
        - 172.16.0.0/12
    proxyProtocol:
      trustedIPs: [127.0.0.1/32]
accessLog:
  format: json
  filePath: /var/log/access.log
  bufferingSize: 100
  filters:
    statusCodes: ["400-499", "500-599"]
  fields:
    headers:
      names:
        user-agent: keep
`,
    toml: `[entryPoints.web]
address = ":80"
[entryPoints.web.forwardedHeaders]
trustedIPs = ["127.0.0.1/32", "172.16.0.0/12"]
[entryPoints.web.proxyProtocol]
trustedIPs = ["127.0.0.1/32"]
[accessLog]
format = "json"
filePath = "/var/log/access.log"
bufferingSize = 100
[accessLog.filters]
statusCodes = ["400-499", "500-599"]
[accessLog.fields.headers.names]
user-agent = "keep"
`,
    env: [
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
      'TRAEFIK_ENTRYPOINTS_WEB_FORWARDEDHEADERS_TRUSTEDIPS=127.0.0.1/32,172.16.0.0/12',
      'TRAEFIK_ENTRYPOINTS_WEB_PROXYPROTOCOL_TRUSTEDIPS=127.0.0.1/32',
      'TRAEFIK_ACCESSLOG_FORMAT=json',
      'TRAEFIK_ACCESSLOG_FILEPATH=/var/log/access.log',
      'TRAEFIK_ACCESSLOG_BUFFERINGSIZE=100',
      'TRAEFIK_ACCESSLOG_FILTERS_STATUSCODES=400-499,500-599',
      'TRAEFIK_ACCESSLOG_FIELDS_HEADERS_NAMES_USER-AGENT=keep',
    ],
    expect({ entryPoints, accessLog }) {
      assert.equal(entryPoints.get('web')?.forwardedHeaders.trustedIPs.length, 2)
      assert.equal(accessLog?.filters.statusCodes.length, 2)
      assert.equal(accessLog.fields.headers.names.get('user-agent'), 'keep')
    },
  },
  {
    name: 'ping, metrics and the entrypoint of their own',
    flags: [
      '--entrypoints.web.address=:80',
      '--entrypoints.metrics.address=:8082',
      '--ping.entrypoint=metrics',
      '--metrics.prometheus.entrypoint=metrics',
      '--metrics.prometheus.buckets=0.1,0.3,1.2,5.0',
      '--metrics.prometheus.addrouterslabels=true',
    ],
    yaml: `entryPoints: {web: {address: ":80"}, metrics: {address: ":8082"}}
ping: {entryPoint: metrics}
metrics:
  prometheus:
    entryPoint: metrics
    buckets: [0.1, 0.3, 1.2, 5.0]
    addRoutersLabels: true
`,
    toml: `[entryPoints]
web = { address = ":80" }
metrics = { address = ":8082" }
[ping]
entryPoint = "metrics"
[metrics.prometheus]
entryPoint = "metrics"
buckets = [0.1, 0.3, 1.2, 5.0]
addRoutersLabels = true
`,
    env: [
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
      'TRAEFIK_ENTRYPOINTS_METRICS_ADDRESS=:8082',
      'TRAEFIK_PING_ENTRYPOINT=metrics',
      'TRAEFIK_METRICS_PROMETHEUS_ENTRYPOINT=metrics',
      'TRAEFIK_METRICS_PROMETHEUS_BUCKETS=0.1,0.3,1.2,5.0',
      'TRAEFIK_METRICS_PROMETHEUS_ADDROUTERSLABELS=true',
    ],
    expect({ entryPoints, metrics, ping }) {
      assert.deepEqual([...entryPoints.keys()], ['metrics', 'web'])
      assert.deepEqual(metrics?.buckets, [0.1, 0.3, 1.2, 5])
      assert.equal(ping?.entryPoint, 'metrics')
    },
  },
  {
    name: 'the file provider beside docker, default rule and constraints',
    flags: [
      '--providers.file.directory=/dynamic',
      '--providers.file.watch=true',
      '--providers.docker.defaultrule=Host(`{{ index .Labels "com.docker.compose.service" }}.example.com`)',
      '--providers.docker.constraints=Label(`traefik.zone`,`public`)',
    ],
    yaml: `providers:
  file: {directory: /dynamic, watch: true}
  docker:
    defaultRule: 'Host(\`{{ index .Labels "com.docker.compose.service" }}.example.com\`)'
    constraints: "Label(\`traefik.zone\`,\`public\`)"
`,
    toml: `[providers.file]
directory = "/dynamic"
watch = true
[providers.docker]
defaultRule = 'Host(\`{{ index .Labels "com.docker.compose.service" }}.example.com\`)'
constraints = "Label(\`traefik.zone\`,\`public\`)"
`,
    env: [
      'TRAEFIK_PROVIDERS_FILE_DIRECTORY=/dynamic',
      'TRAEFIK_PROVIDERS_FILE_WATCH=true',
      'TRAEFIK_PROVIDERS_DOCKER_DEFAULTRULE=Host(`{{ index .Labels "com.docker.compose.service" }}.example.com`)',
      'TRAEFIK_PROVIDERS_DOCKER_CONSTRAINTS=Label(`traefik.zone`,`public`)',
    ],
    expect({ providers }) {
      assert.equal(providers.file?.directory, '/dynamic')
      assert.match(providers.docker?.defaultRule ?? '', /compose\.service/)
      assert.match(providers.docker?.constraints ?? '', /^Label/)
    },
  },
  {
    name: 'timeouts in all their spellings',
    flags: [
      '--entrypoints.web.address=:80',
      '--entrypoints.web.transport.respondingtimeouts.readtimeout=600',
      '--entrypoints.web.transport.respondingtimeouts.idletimeout=600s',
      '--entrypoints.web.transport.lifecycle.gracetimeout=1m30s',
      '--serverstransport.forwardingtimeouts.dialtimeout=1.5s',
      '--serverstransport.insecureskipverify=true',
      '--providers.providersthrottleduration=10s',
    ],
    yaml: `entryPoints:
  web:
    address: :80
    transport:
      respondingTimeouts: {readTimeout: 600, idleTimeout: 600s}
      lifeCycle: {graceTimeOut: 1m30s}
serversTransport:
  forwardingTimeouts: {dialTimeout: 1.5s}
  insecureSkipVerify: true
providers: {providersThrottleDuration: 10}
`,
    toml: `[entryPoints.web]
address = ":80"
[entryPoints.web.transport.respondingTimeouts]
readTimeout = 600
idleTimeout = "600s"
[entryPoints.web.transport.lifeCycle]
graceTimeOut = "1m30s"
[serversTransport]
insecureSkipVerify = true
[serversTransport.forwardingTimeouts]
dialTimeout = "1.5s"
[providers]
providersThrottleDuration = "10s"
`,
    env: [
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
      'TRAEFIK_ENTRYPOINTS_WEB_TRANSPORT_RESPONDINGTIMEOUTS_READTIMEOUT=600s',
      'TRAEFIK_ENTRYPOINTS_WEB_TRANSPORT_RESPONDINGTIMEOUTS_IDLETIMEOUT=10m',
      'TRAEFIK_ENTRYPOINTS_WEB_TRANSPORT_LIFECYCLE_GRACETIMEOUT=90',
      'TRAEFIK_SERVERSTRANSPORT_FORWARDINGTIMEOUTS_DIALTIMEOUT=1500ms',
      'TRAEFIK_SERVERSTRANSPORT_INSECURESKIPVERIFY=true',
      'TRAEFIK_PROVIDERS_PROVIDERSTHROTTLEDURATION=10s',
    ],
    expect({ entryPoints, limits, throttleMs }) {
      const { readTimeoutMs, idleTimeoutMs, graceTimeOutMs } = entryPoints.get('web')?.limits ?? {}
      assert.deepEqual([readTimeoutMs, idleTimeoutMs, graceTimeOutMs], [600_000, 600_000, 90_000])
      assert.deepEqual([limits.connectTimeoutMs, throttleMs], [1500, 10_000])
    },
  },
  {
    name: 'hardened, with middlewares of the entrypoint',
    flags: [
      '--entrypoints.web.address=:80',
      '--entrypoints.web.asdefault=true',
      '--entrypoints.web.http.middlewares=security@file, limit@docker',
      '--entrypoints.web.http.aliasheadersstrategy=delete',
      '--entrypoints.web.http.encodedcharacters.allowencodedslash=false',
      '--entrypoints.web.http.maxheaderbytes=131072',
      '--entrypoints.traefik.address=127.0.0.1:8080',
      '--api.insecure=true',
      '--tracing.otlp.http.endpoint=http://collector:4318',
    ],
    yaml: `entryPoints:
  web:
    address: :80
    asDefault: true
    http:
      middlewares: [security@file, limit@docker]
      aliasHeadersStrategy: delete
      encodedCharacters: {allowEncodedSlash: false}
      maxHeaderBytes: 131072
  traefik: {address: 127.0.0.1:8080}
api: {insecure: true}
tracing: {otlp: {http: {endpoint: "http://collector:4318"}}}
`,
    toml: `[entryPoints.web]
address = ":80"
asDefault = true
[entryPoints.web.http]
middlewares = ["security@file", "limit@docker"]
aliasHeadersStrategy = "delete"
maxHeaderBytes = 131_072
[entryPoints.web.http.encodedCharacters]
allowEncodedSlash = false
[entryPoints.traefik]
address = "127.0.0.1:8080"
[api]
insecure = true
[tracing.otlp.http]
endpoint = "http://collector:4318"
`,
    env: [
      'TRAEFIK_ENTRYPOINTS_WEB_ADDRESS=:80',
      'TRAEFIK_ENTRYPOINTS_WEB_ASDEFAULT=true',
      'TRAEFIK_ENTRYPOINTS_WEB_HTTP_MIDDLEWARES=security@file,limit@docker',
      'TRAEFIK_ENTRYPOINTS_WEB_HTTP_ALIASHEADERSSTRATEGY=delete',
      'TRAEFIK_ENTRYPOINTS_WEB_HTTP_ENCODEDCHARACTERS_ALLOWENCODEDSLASH=false',
      'TRAEFIK_ENTRYPOINTS_WEB_HTTP_MAXHEADERBYTES=131072',
      'TRAEFIK_ENTRYPOINTS_TRAEFIK_ADDRESS=127.0.0.1:8080',
      'TRAEFIK_API_INSECURE=true',
      'TRAEFIK_TRACING_OTLP_HTTP_ENDPOINT=http://collector:4318',
    ],
    expect({ entryPoints }) {
      const { middlewares, paths, limits } = entryPoints.get('web') ?? {}
      assert.deepEqual(middlewares, ['security@file', 'limit@docker'])
      assert.equal(paths?.encodedCharacters.allowEncodedSlash, false)
      assert.equal(paths.underscoreHeaders, 'delete')
      assert.equal(limits?.maxHeaderBytes, 131_072)
      assert.equal(entryPoints.get('traefik')?.host, '127.0.0.1')
    },
  },
]

describe('the same configuration from flags, environment, YAML and TOML', () => {
  for (const { name, flags, yaml, toml, env, expect } of configurations) {
    test(name, async () => {
      const settings = await parse({ argv: flags })
      expect(settings)
      const told = withoutSpelling(settings)
      const traefik = Object.fromEntries(env.map((variable) => variable.split(/=(.*)/s, 2) as [string, string]))
      const muster = Object.fromEntries(
        Object.entries(traefik).map(([key, value]) => [key.replace('TRAEFIK', 'MUSTER'), value]),
      )
      assert.deepEqual(withoutSpelling(await parse({ env: traefik })), told, 'environment')
      assert.deepEqual(withoutSpelling(await parse({ env: muster })), told, 'environment, MUSTER_')
      assert.deepEqual(withoutSpelling(await parse({ files: { '/etc/traefik/traefik.yml': yaml } })), told, 'YAML')
      assert.deepEqual(withoutSpelling(await parse({ files: { '/etc/traefik/traefik.toml': toml } })), told, 'TOML')
    })
  }
})

test('nothing but a SettingsError, whatever stands in environment and file', async () => {
  const name = fc.constantFrom(
    'ENTRYPOINTS',
    'WEB',
    'ADDRESS',
    'HTTP',
    'TLS',
    'DOMAINS',
    '0',
    '',
    'API',
    'PROVIDERS',
    'DOCKER',
  )
  const variable = fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => `TRAEFIK_${names.join('_')}`)
  const document = fc.oneof(
    fc.json(),
    fc.string(),
    fc.string().map((text) => `entryPoints: {web: {address: ${text}}}`),
  )
  await fc.assert(
    fc.asyncProperty(fc.dictionary(variable, fc.string()), document, fc.boolean(), async (env, text, isToml) => {
      for (const files of [{}, { [isToml ? './muster.toml' : './muster.yml']: text }]) {
        try {
          assert.ok((await parse({ env, files })).entryPoints.size > 0)
        } catch (error) {
          assert.ok(error instanceof SettingsError, String(error))
        }
      }
    }),
    { numRuns: 300 },
  )
})

async function parse({ argv = [], env = {}, files = {} }: Sources): Promise<Settings> {
  const readFile = (path: string): string | undefined => files[path]
  return (await parseSettings({ argv, env, readFile })).settings
}

interface Sources {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

/** An option is named as it was written. */
function withoutSpelling({ ignored, warnings, ...settings }: Settings): object {
  return {
    ...settings,
    ignored: ignored.length,
    warnings: warnings.map((warning) => warning.replace(/ \(.*/, '')).sort(),
  }
}
