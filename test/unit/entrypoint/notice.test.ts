import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Notices } from '../../../src/entrypoint/notice.ts'
import type { Notice } from '../../../src/entrypoint/notice.ts'

it('notices are counted, and told at most once a second', () => {
  const told: Notice[] = []
  const notices = new Notices((notice) => told.push(notice))
  notices.flush(0)
  for (const clientIp of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) notices.count('too many', { clientIp })
  notices.count('no file left', { code: 'EMFILE' })
  notices.flush(10)
  assert.deepEqual(told.splice(0), [
    { message: 'too many', fields: { clientIp: '192.0.2.1', count: 3 } },
    { message: 'no file left', fields: { code: 'EMFILE', count: 1 } },
  ])
  notices.count('too many', { clientIp: '192.0.2.4' })
  notices.flush(1009)
  assert.deepEqual(told, [])
  notices.flush(1010)
  notices.flush(2010)
  assert.deepEqual(told, [{ message: 'too many', fields: { clientIp: '192.0.2.4', count: 1 } }])
})
