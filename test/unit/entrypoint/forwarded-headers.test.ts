import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { describe, it } from 'node:test'
import { addForwarded, canonicalIp, compileTrust } from '../../../src/entrypoint/forwarded-headers.ts'
import { raw } from './raw-client.ts'

const stranger = { clientIp: '192.0.2.7', trusted: false, secure: false }
const friend = { clientIp: '10.0.0.1', trusted: true, secure: false }
const plainRequest = { hostField: 'a.local', port: '', forwardedFor: undefined, appends: true, upgrade: false }

function added(...[fields, peer, forwarded]: Parameters<typeof addForwarded>): Record<string, string> {
  addForwarded(fields, peer, forwarded)
  const pairs = fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? ''] as const] : []))
  assert.equal(new Set(pairs.map(([name]) => name.toLowerCase())).size, pairs.length, 'no name twice')
  return Object.fromEntries(pairs)
}

describe('addForwarded', () => {
  it('tells a member who asked, for what and how', () => {
    assert.deepEqual(added([], stranger, plainRequest), {
      'X-Forwarded-For': '192.0.2.7',
      'X-Forwarded-Host': 'a.local',
      'X-Forwarded-Port': '80',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Server': hostname(),
      'X-Real-Ip': '192.0.2.7',
    })
  })

  it('takes the port from the Host, else from the protocol', () => {
    assert.equal(added([], stranger, { ...plainRequest, port: '8080' })['X-Forwarded-Port'], '8080')
    assert.equal(added([], { ...stranger, secure: true }, plainRequest)['X-Forwarded-Port'], '443')
    assert.equal(added(['X-Forwarded-Proto', 'https'], friend, plainRequest)['X-Forwarded-Port'], '443')
  })

  it('names the protocol of upgrades ws and wss', () => {
    const upgrade = { ...plainRequest, upgrade: true }
    assert.equal(added([], stranger, upgrade)['X-Forwarded-Proto'], 'ws')
    assert.equal(added([], { ...stranger, secure: true }, upgrade)['X-Forwarded-Proto'], 'wss')
    assert.equal(added([], { ...stranger, secure: true }, plainRequest)['X-Forwarded-Proto'], 'https')
  })

  it('keeps what a trusted peer said and appends that peer to the chain', () => {
    const said = raw(`
      x-forwarded-proto: https
      X-Forwarded-Host: b
      X-Forwarded-Port: 8443
      X-Real-IP: 198.51.100.1
      X-Forwarded-Prefix: /p
    `)
    assert.deepEqual(added(said, friend, { ...plainRequest, forwardedFor: '198.51.100.1' }), {
      'x-forwarded-proto': 'https',
      'X-Forwarded-Host': 'b',
      'X-Forwarded-Port': '8443',
      'X-Real-IP': '198.51.100.1',
      'X-Forwarded-Prefix': '/p',
      'X-Forwarded-For': '198.51.100.1, 10.0.0.1',
      'X-Forwarded-Server': hostname(),
    })
  })

  it('leaves X-Forwarded-Host out when there is no Host', () => {
    assert.equal(added([], stranger, { ...plainRequest, hostField: undefined })['X-Forwarded-Host'], undefined)
  })
})

describe('compileTrust', () => {
  it('trusts addresses and ranges of both families and nobody else', () => {
    const trusts = compileTrust({
      insecure: false,
      trustedIPs: ['10.0.0.0/8', '192.0.2.1', 'fd00::/8', ' 2001:db8::1 '],
    })
    for (const ip of ['10.1.2.3', '192.0.2.1', 'fd12::1', '2001:db8::1']) assert.equal(trusts(ip), true, ip)
    for (const ip of ['11.0.0.1', '192.0.2.2', 'fe80::1', '2001:db8::2', '', 'nonsense'])
      assert.equal(trusts(ip), false, ip)
  })

  it('trusts nobody by default and everybody when insecure', () => {
    assert.equal(compileTrust({ insecure: false, trustedIPs: [] })('127.0.0.1'), false)
    assert.equal(compileTrust({ insecure: true, trustedIPs: [] })('8.8.8.8'), true)
  })

  it('reads an IPv4-mapped range as the IPv4 range it is', () => {
    const trusts = compileTrust({ insecure: false, trustedIPs: ['::ffff:10.0.0.0/104'] })
    assert.equal(trusts('10.9.9.9'), true)
    assert.equal(trusts('11.0.0.1'), false)
  })

  it('refuses an entry that is neither, and quotes it', () => {
    for (const entry of [
      '',
      'localhost',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      'fd00::/129',
      '10.0.0/8',
      '10.0.0.0/',
    ]) {
      assert.throws(() => compileTrust({ insecure: false, trustedIPs: [entry] }), {
        code: 'ERR_TRUSTED_IP',
        message: new RegExp(`"${entry}" is not an address or a range`),
      })
    }
  })
})

describe('canonicalIp', () => {
  it('writes an IPv4-mapped address as IPv4 and leaves the zone out', () => {
    assert.equal(canonicalIp('::ffff:10.0.0.1'), '10.0.0.1')
    assert.equal(canonicalIp('::FFFF:10.0.0.1'), '10.0.0.1')
    assert.equal(canonicalIp('fe80::1%eth0'), 'fe80::1')
    assert.equal(canonicalIp('::ffff:a00:1%x'), '::ffff:a00:1')
    assert.equal(canonicalIp('127.0.0.1'), '127.0.0.1')
  })
})
