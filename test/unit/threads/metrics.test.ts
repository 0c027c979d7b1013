import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { eventually } from '../../support/eventually.ts'
import { openPlane } from '../../../src/threads/open-plane.ts'
import type { ThreadPoolOptions } from '../../../src/threads/thread-pool.ts'

const answered = new Set(['entrypoint web 503'])

function optionsOf(...flags: string[]): ThreadPoolOptions {
  const settings = parseFlags([
    '--entrypoints.web.address=127.0.0.1:0',
    '--entrypoints.traefik.address=127.0.0.1:0',
    '--hold.timeout=0',
    ...flags,
  ])
  const report = {
    error: (error: unknown) => assert.fail(String(error)),
    notice: (_: object, message: string) => assert.fail(message),
    access: (line: string) => assert.fail(line),
    member: ({ memberKey }: { memberKey: string }) => assert.fail(memberKey),
  }
  const ask = () => Promise.resolve({ status: 404, body: '', fields: [] })
  return { settings, ledger: new Ledger(Math.max(settings.threads, 1)), secret: '', internalServices: [], ask, report }
}

describe('metrics of a data plane', () => {
  for (const threads of [0, 2]) {
    it(`are asked of all its ${threads} threads, and nothing is logged for them`, async () => {
      await using plane = await openPlane(optionsOf('--metrics.prometheus', `--threads=${threads}`))
      const asked = 8
      for (let i = 0; i < asked; i++) {
        const answer = await fetch(`http://127.0.0.1:${plane.ports.get('web')}/`, { headers: { connection: 'close' } })
        assert.equal(answer.status, 503)
        assert.equal(await answer.text(), 'no configuration yet\n')
      }
      // A request counts when its answer is written out, which its client may know before we do.
      const shares = await eventually(async () => {
        const told = await plane.metrics()
        const series = told.flatMap((share) => share.series)
        assert.deepEqual(new Set(series.map(({ scope, name, code }) => [scope, name, code].join(' '))), answered)
        assert.equal(
          series.reduce((sum, { requests }) => sum + requests, 0),
          asked,
        )
        return told
      }, 5000)
      assert.equal(shares.length, Math.max(threads, 1))
      assert(shares.every(({ openConnections }) => openConnections.has('web')))
    })
  }

  it('are not there when nobody wants them', async () => {
    await using plane = await openPlane(optionsOf('--threads=1'))
    assert.deepEqual(await plane.metrics(), [])
  })
})
