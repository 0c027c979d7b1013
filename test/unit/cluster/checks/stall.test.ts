// A process that stands still for a while must not call its members dead for it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemberWith } from '../../../support/file-config.ts'
import { checked, localTarget } from './checking.ts'

test('a check whose time passed while the process stood still is given its time again', async () => {
  await using member = await openMemberWith((_request, response) => {
    // This thread is the member's and the check's: when it goes on, the timer is due before the answer is read.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900)
    response.end()
  })
  const verdict = await checked(localTarget(Number(new URL(member.url).port)), { timeoutMs: 200 })
  assert.deepEqual(verdict, { up: true, reason: 'check passed' })
})
