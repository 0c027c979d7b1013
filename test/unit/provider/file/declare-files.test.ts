import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeDocument } from '../../../../src/labels/decode-document.ts'
import { describeProblem } from '../../../../src/model/problem.ts'
import { declareFiles } from '../../../../src/provider/file/declare-files.ts'
import { nothingSeen } from '../../../../src/provider/file/look.ts'

function declaring(files: Readonly<Record<string, unknown>>) {
  const states = Object.entries(files).map(
    ([path, document]) => [path, { text: '', good: decodeDocument(document), trouble: undefined }] as const,
  )
  return declareFiles({ ...nothingSeen, files: new Map(states) })
}

describe('declareFiles', () => {
  test('declares TCP and UDP beside HTTP, of a name in several files the first', () => {
    const { tcp, udp, problems } = declaring({
      'a.yml': { tcp: { services: { db: { loadBalancer: { servers: [{ address: 'a:1' }] } } } } },
      'b.yml': {
        tcp: {
          services: { db: { loadBalancer: { servers: [{ address: 'b:1' }] } } },
          middlewares: { few: { inFlightConn: { amount: 1 } } },
        },
        udp: { services: { db: { loadBalancer: { servers: [{ address: 'b:53' }] } } } },
      },
    })
    const [servers] = [...(tcp?.services.values() ?? [])].map(({ loadBalancer }) => JSON.stringify(loadBalancer))
    assert.match(servers ?? '', /"a:1"/)
    assert.deepEqual([...(tcp?.middlewares.keys() ?? [])], ['few'])
    assert.deepEqual([...(udp?.services.keys() ?? [])], ['db'])
    assert.deepEqual(problems.map(describeProblem), [
      'b.yml: tcp.services.db: tcp service "db" is already defined in a.yml; this one is ignored; rename one of them (tcp service "db")',
    ])
  })

  test('says nothing of TCP and UDP when no file does', () => {
    const declaration = declaring({ 'a.yml': { http: { routers: { web: { rule: 'Path(`/`)', service: 'web' } } } } })
    assert.deepEqual([declaration.tcp, declaration.udp], [undefined, undefined])
    assert.equal(declaration.origins?.get('web')?.field, 'http.routers.web')
  })
})
