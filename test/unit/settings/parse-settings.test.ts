import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readConfigFile } from '../../../src/settings/config-file.ts'
import { parseSettings } from '../../../src/settings/parse-settings.ts'
import type { ParsedSettings } from '../../../src/settings/parse-settings.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'

interface Given {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

describe('parseSettings', () => {
  test('takes the file before flags and flags before the environment, and names what it does not read', async () => {
    const files = { '/etc/muster/muster.yaml': 'log: {level: warn}' }
    const argv = ['--log.level=error', '--threads=3']
    const env = { MUSTER_LOG_LEVEL: 'debug', HOME: '/root' }
    const all = await parse({ argv, env, files })
    assert.equal(all.source, '/etc/muster/muster.yaml')
    assert.equal(all.settings.log.level, 'warn')
    assert.deepEqual(all.settings.warnings, [
      'flags are not read, the configuration is from /etc/muster/muster.yaml (--log.level, --threads)',
      'environment variables are not read, the configuration is from /etc/muster/muster.yaml (MUSTER_LOG_LEVEL)',
    ])
    const two = await parse({ argv, env })
    assert.equal(two.source, 'flags')
    assert.equal(two.settings.log.level, 'error')
    assert.deepEqual(two.settings.warnings, [
      'environment variables are not read, the configuration is from flags (MUSTER_LOG_LEVEL)',
    ])
    const one = await parse({ env })
    assert.equal(one.source, 'environment variables')
    assert.equal(one.settings.log.level, 'debug')
    assert.deepEqual(one.settings.warnings, [])
    assert.equal((await parse({ env: { HOME: '/root' } })).source, 'defaults')
  })

  test('looks for a file where Traefik does, for one of its own name first', async () => {
    const env = { HOME: '/home/me', XDG_CONFIG_HOME: '/xdg' }
    const text = 'ping: {}'
    const places = [
      '/etc/muster/muster.toml',
      '/etc/muster/muster.yaml',
      '/etc/muster/muster.yml',
      '/xdg/muster.yml',
      '/home/me/.config/muster.yml',
      './muster.yml',
      '/etc/traefik/traefik.yml',
      '/xdg/traefik.yml',
      '/home/me/.config/traefik.yml',
      './traefik.toml',
      './traefik.yml',
    ]
    for (const [index, place] of places.entries()) {
      const files = Object.fromEntries(places.slice(index).map((path) => [path, path.endsWith('.toml') ? '' : text]))
      assert.equal((await parse({ env, files })).source, place)
    }
    // Traefik's place without XDG_CONFIG_HOME, and where half of all tutorials mount the file.
    assert.equal((await parse({ files: { '/traefik.yml': text } })).source, '/traefik.yml')
  })

  test('takes the file it is told, and no other', async () => {
    const files = { '/etc/traefik/traefik.yml': 'log: {level: warn}', '/my.toml': '[log]\nlevel = "debug"' }
    for (const argv of [['--configFile=/my.toml'], ['--configfile', '/my.toml'], ['-CONFIGFILE=/my.toml']]) {
      const { settings, source } = await parse({ argv, files })
      assert.equal(source, '/my.toml')
      assert.equal(settings.log.level, 'debug')
      assert.deepEqual(settings.warnings, [])
    }
    await refuses({ argv: ['--configFile=/none.yml'], files }, 'unreadable-file', /no file \/none\.yml/)
    await refuses({ env: { MUSTER_CONFIGFILE: '/my.toml' } }, 'unsupported-option', /--configFile=\/path/)
  })

  test('reads variables of both prefixes, its own last', async () => {
    const { settings } = await parse({
      env: {
        TRAEFIK_LOG_LEVEL: 'debug',
        MUSTER_LOG_LEVEL: 'warn',
        TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT: 'false',
        TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':80',
        MUSTER_ENTRYPOINTS_WEB_FORWARDEDHEADERS_TRUSTEDIPS: '10.0.0.0/8, ::1',
        TRAEFIK_ENTRYPOINTS_WEB_HTTP_MIDDLEWARES_0: 'a@file',
        TRAEFIK_ENTRYPOINTS_WEB_HTTP_MIDDLEWARES_1: 'b@file',
        TRAEFIK_ENTRYPOINTS_WEB_HTTP_TLS_DOMAINS_0_MAIN: 'a.example',
        TRAEFIK_ENTRYPOINTS_WEB_HTTP_TLS_DOMAINS_0_SANS: 'b.example,c.example',
        MUSTER_PROVIDERS_DOCKER_HOSTPOLICY_0_PROJECTS_0: 'shop',
        MUSTER_PROVIDERS_DOCKER_HOSTPOLICY_0_HOSTS: '*.example',
        MUSTER_PING: '',
      },
    })
    const web = settings.entryPoints.get('web')
    assert.equal(settings.log.level, 'warn')
    assert.equal(web?.port, 80)
    assert.deepEqual(web.forwardedHeaders.trustedIPs, ['10.0.0.0/8', '::1'])
    assert.deepEqual(web.middlewares, ['a@file', 'b@file'])
    assert.deepEqual(web.tls?.domains, [{ main: 'a.example', sans: ['b.example', 'c.example'] }])
    assert.equal(settings.providers.docker?.exposedByDefault, false)
    assert.deepEqual(settings.providers.docker.hostPolicy, [
      { projects: ['shop'], networks: [], labels: [], hosts: ['*.example'] },
    ])
    assert.equal(settings.ping?.entryPoint, 'traefik')
  })

  test('leaves the variables of others alone', async () => {
    const { source } = await parse({
      env: {
        TRAEFIK_PORT: 'tcp://10.0.0.1:80',
        TRAEFIK_PORT_80_TCP_ADDR: '10.0.0.1',
        TRAEFIK_SERVICE_HOST: '10.0.0.1',
        TRAEFIK_VERSION: '3.6',
        TRAEFIK_DOMAIN: 'example.com',
        TRAEFIK_ACME_EMAIL: 'a@b.c',
        TRAEFIK_DOCKER_NETWORK: 'proxy',
        TRAEFIK_: 'x',
        MUSTER_IMAGE: 'muster:1',
        traefik_log_level: 'debug',
      },
    })
    assert.equal(source, 'defaults')
  })

  test('names the place and the nearest spelling of what it does not know, in every source', async () => {
    const yaml =
      'entryPoints:\n  web:\n    address: :80\n    http:\n      middleware: [a]\nproviders:\n  docker:\n    tls: {cert: x, kee: y}\n'
    const cases: [Given, RegExp[]][] = [
      [{ argv: ['--entrypoints.web.adress=:80'] }, [/^option "--entrypoints.web.adress": .*did you mean "address"\?/]],
      [
        { env: { TRAEFIK_ENTRYPOINTS_WEB_ADRESS: ':80' } },
        [/^option "TRAEFIK_ENTRYPOINTS_WEB_ADRESS": .*did you mean "address"\?/],
      ],
      [{ env: { MUSTER_PROVIDER_DOCKER: 'true' } }, [/"MUSTER_PROVIDER_DOCKER": .*did you mean "providers"\?/]],
      [
        { files: { './traefik.yml': yaml } },
        [
          /^\.\/traefik\.yml:5:7: option "entryPoints\.web\.http\.middleware": .*did you mean "middlewares"\?/m,
          /^\.\/traefik\.yml:8:20: option "providers\.docker\.tls\.kee": .*did you mean "key"\?/m,
        ],
      ],
      [
        { files: { './traefik.toml': '[providers.dokcer]\nwatch = true' } },
        [/^\.\/traefik\.toml: option "providers\.dokcer": .*did you mean "docker"\?/],
      ],
    ]
    for (const [given, messages] of cases) {
      for (const message of messages) await refuses(given, 'unknown-option', message)
    }
  })

  test('finds the place through anchors, merges, lists and keys with dots', async () => {
    const merged = 'x-web: &web\n  asDefault: 3\nentryPoints:\n  web:\n    <<: *web\n    address: :80\n'
    const listed =
      'entryPoints:\n  w:\n    address: :80\n    http:\n      tls:\n        domains:\n          - main: a\n          - mian: b\n'
    const dotted = 'accessLog:\n  fields:\n    names:\n      a: keep\n      a.b: kepe\n'
    for (const [text, place] of [
      [merged, /^f\.yml:4:3: option "entryPoints\.web\.asDefault"/],
      [listed, /^f\.yml:8:13: option "entryPoints\.w\.http\.tls\.domains\[1\]\.mian"/],
      [dotted, /^f\.yml:5:7: option "accessLog\.fields\.names\.a\.b"/],
    ] as const) {
      await refuses({ argv: ['--configFile=f.yml'], files: { 'f.yml': text } }, undefined, place)
    }
  })

  test('says where a file is neither YAML nor TOML', async () => {
    const of = (name: string, text: string): Given => ({ argv: [`--configFile=${name}`], files: { [name]: text } })
    await refuses(of('f.yml', 'a: 1\nb: [\n'), 'unreadable-file', /^f\.yml:3:1: /)
    await refuses(of('f.yml', 'log: {}\nlog: {}\n'), 'unreadable-file', /^f\.yml:2:1: .*unique/)
    await refuses(
      of('f.yml', 'log: {}\n---\nping: {}\n'),
      'unreadable-file',
      /^f\.yml:2:1: a second document begins here/,
    )
    await refuses(of('f.toml', '[log]\nlevel = \n'), 'unreadable-file', /^f\.toml:2:\d+: /)
    await refuses(of('f.yml', '- a\n'), 'bad-value', /^f\.yml:1:1: the document is not a mapping/)
    await refuses(of('f.yml', 'a: &a [x, x]\n' + 'b: *a\n'.repeat(1)), 'unknown-option', /unknown field "a"/)
    const bomb = Array.from({ length: 9 }, (_, i) => `x-${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join('\n')
    await refuses(of('f.yml', `x-0: &a0 [x]\n${bomb}\n`), 'unreadable-file', /^f\.yml: .*alias/)
  })

  test('is well with an empty file, dynamic configuration beside it, and places for anchors', async () => {
    const text =
      'x-common: &c {asDefault: true}\nhttp: {routers: {a: {}}}\ntls: {}\nentryPoints: {web: {<<: *c, address: ":80"}}\n'
    const { settings } = await parse({ files: { './traefik.yml': text } })
    assert.equal(settings.entryPoints.get('web')?.asDefault, true)
    assert.deepEqual(settings.warnings, [
      'this is dynamic configuration, which is read from the files that providers.file names (http, tls)',
    ])
    const empty = await parse({ files: { './traefik.yml': '\n# nothing\n' } })
    assert.deepEqual([empty.source, [...empty.settings.entryPoints.keys()]], ['./traefik.yml', ['http']])
  })

  test('keeps whole numbers of a file whole, and takes a key without a value for an absent one', async () => {
    const web =
      'entryPoints: {web: {address: ":80", http: {redirections: {entryPoint: {to: ":443", priority: 9223372036854775806}}}}}'
    const { settings } = await parse({ files: { './traefik.yml': `${web}\nping:\napi: {}\n` } })
    assert.equal(settings.entryPoints.get('web')?.redirection?.priority, 9_223_372_036_854_775_806n)
    assert.equal(settings.ping, undefined)
    assert.equal(settings.api.enabled, true)
  })
})

describe('readConfigFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-settings-'))
  test.after(() => rmSync(directory, { recursive: true }))

  test('reads a file, knows that there is none, and why another cannot be read', () => {
    writeFileSync(join(directory, 'a.yml'), 'ping: {}')
    mkdirSync(join(directory, 'traefik.yml'))
    assert.equal(readConfigFile(join(directory, 'a.yml')), 'ping: {}')
    assert.equal(readConfigFile(join(directory, 'b.yml')), undefined)
    assert.equal(readConfigFile(join(directory, 'a.yml', 'c.yml')), undefined)
    assert.throws(() => readConfigFile(join(directory, 'traefik.yml')), /is a directory; Docker makes one/)
    assert.throws(() => readConfigFile('/dev/null'), /is not a regular file/)
  })
})

function parse({ argv = [], env = {}, files = {} }: Given): Promise<ParsedSettings> {
  return parseSettings({ argv, env, readFile: (path) => files[path] })
}

async function refuses(given: Given, code: SettingsError['code'] | undefined, message: RegExp): Promise<void> {
  await assert.rejects(parse(given), (error) => {
    assert.ok(error instanceof SettingsError, String(error))
    assert.match(error.message, message)
    if (code !== undefined) assert.equal(error.code, code)
    return true
  })
}
