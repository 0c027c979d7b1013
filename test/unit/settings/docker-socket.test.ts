import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseFlags } from '../../../src/settings/flags.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'
import { dockerSocketDefaults } from '../../../src/settings/settings.ts'
import type { DockerSocketSettings } from '../../../src/settings/settings.ts'

describe('options of the Docker API socket', () => {
  test('there is none unless one of them is given', () => {
    assert.equal(parseFlags(['--providers.docker']).dockerSocket, undefined)
    assert.equal(parseFlags(['--dockersocket=false']).dockerSocket, undefined)
    assert.deepEqual(parseFlags(['--dockersocket']).dockerSocket, dockerSocketDefaults)
  })

  const table: readonly (readonly [options: string[], expected: Partial<DockerSocketSettings>])[] = [
    [['listen=unix:///run/muster/docker.sock'], {}],
    [['listen=unix:///srv/Docker Sockets/m.sock'], { listen: { path: '/srv/Docker Sockets/m.sock' } }],
    [['listen=unix:////run/m.sock'], { listen: { path: '/run/m.sock' } }],
    [['listen=tcp://127.0.0.1:2375'], { listen: { host: '127.0.0.1', port: 2375 } }],
    [['listen=tcp://127.1.2.3:0'], { listen: { host: '127.1.2.3', port: 0 } }],
    [['listen=tcp://localhost:2375'], { listen: { host: 'localhost', port: 2375 } }],
    [['listen=TCP://[::1]:2375'], { listen: { host: '::1', port: 2375 } }],
    [['mode=Read-Only'], { mode: 'read-only' }],
    [['mode=controller', 'draintimeout=1m'], { mode: 'controller', drainTimeoutMs: 60_000 }],
    [['draintimeout=0'], { drainTimeoutMs: 0 }],
    [['upstream=unix:///var/run/docker.sock'], { upstream: 'unix:///var/run/docker.sock' }],
    [['upstream=tcp://socket-proxy:2375'], { upstream: 'tcp://socket-proxy:2375' }],
    [['group=docker'], { group: 'docker' }],
    [['group=998'], { group: '998' }],
  ]
  for (const [options, expected] of table) {
    test(options.join(' '), () => {
      const { dockerSocket } = parseFlags(options.map((option) => `--dockersocket.${option}`))
      assert.deepEqual(dockerSocket, { ...dockerSocketDefaults, ...expected })
    })
  }

  const wrong: readonly (readonly [option: string, sentence: RegExp])[] = [
    ['listen=tcp://0.0.0.0:2375', /"tcp:\/\/0\.0\.0\.0:2375" is not on loopback, and whoever reaches .* is root/],
    ['listen=tcp://:2375', /is not on loopback/],
    ['listen=tcp://[::]:2375', /is not on loopback/],
    ['listen=tcp://127.0.0.1.example.com:2375', /is not on loopback/],
    ['listen=tcp://192.168.1.7:2375', /write tcp:\/\/127\.0\.0\.1:2375/],
    ['listen=tcp://127.0.0.1', /is no place to listen at; write unix:/],
    ['listen=tcp://127.0.0.1:99999', /is no place to listen at/],
    ['listen=/run/muster/docker.sock', /is no place to listen at; write unix:/],
    ['listen=unix://run/docker.sock', /is no place to listen at/],
    ['mode=readonly', /"readonly" is not one of: full, read-only, controller; did you mean "read-only"\?/],
    ['draintimeout=-1', /is not between 0 and/],
    ['draintimeout=soon', /"soon" is not a duration/],
    ['upstream=ssh://host', /is not where an engine takes plain HTTP; write unix:/],
    ['upstream=https://host', /is not where an engine takes plain HTTP/],
    ['group=a:b', /"a:b" is not a group/],
    ['listem=unix:///x', /did you mean "listen"/],
  ]
  for (const [option, sentence] of wrong) {
    test(`refuses ${option}`, () => {
      assert.throws(
        () => parseFlags([`--dockersocket.${option}`]),
        (error) => error instanceof SettingsError && sentence.test(error.message),
      )
    })
  }
})
