import assert from 'node:assert/strict'
import { constants } from 'node:fs'
import { mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openAccessFile } from '../../../src/observability/access-file.ts'

async function directory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'muster-access-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const never = {
  onError: (error: unknown) => assert.fail(String(error)),
  onLost: () => assert.fail('lines were lost'),
}

describe('the access file', () => {
  it('is made with its directory, and appended to', async () => {
    await using root = await directory()
    const path = join(root.path, 'logs/of/muster/access.log')
    for (const line of ['one', 'two']) {
      await using file = await openAccessFile({ path, ...never })
      file.write(line)
      file.write(`${line} again`)
    }
    assert.equal(await readFile(path, 'utf8'), 'one\none again\ntwo\ntwo again\n')
  })

  it('goes on in a new one when the old was moved away', async () => {
    await using root = await directory()
    const path = join(root.path, 'access.log')
    {
      await using file = await openAccessFile({ path, ...never })
      file.write('before')
      await rename(path, `${path}.1`)
      file.write('still before')
      file.reopen()
      file.write('after')
    }
    const lines = (await readFile(`${path}.1`, 'utf8')) + (await readFile(path, 'utf8'))
    assert.equal(lines, 'before\nstill before\nafter\n')
    assert((await stat(path)).size > 0)
  })

  it('cannot be opened where there is a directory', async () => {
    await using root = await directory()
    await assert.rejects(openAccessFile({ path: root.path, ...never }), { code: 'EISDIR' })
  })

  it('loses lines beyond its memory while the disk stands still, tells how many, and goes on', async () => {
    await using root = await directory()
    const path = join(root.path, 'pipe')
    execFileSync('sh', ['-c', 'mkfifo "$0"', path])
    // Nobody reads it for now; both ends are open, so that opening it for writing does not wait.
    const reader = await open(path, constants.O_RDWR | constants.O_NONBLOCK)
    const { promise: told, resolve } = Promise.withResolvers<number>()
    const file = await openAccessFile({ path, waitingBytesMax: 200_000, onError: never.onError, onLost: resolve })
    const line = 'x'.repeat(999)
    const linesWritten = 1000
    for (let i = 0; i < linesWritten; i++) file.write(line)
    const buffer = Buffer.alloc(65_536)
    let received = 0
    const expected = 200 * (line.length + 1)
    while (received < expected) {
      const read = await reader.read(buffer).catch((error: NodeJS.ErrnoException) => {
        assert.equal(error.code, 'EAGAIN')
        return { bytesRead: 0 }
      })
      received += read.bytesRead
    }
    assert.equal(await told, linesWritten - 200)
    file.write('after')
    await file[Symbol.asyncDispose]()
    const { bytesRead } = await reader.read(buffer)
    assert.equal(buffer.toString('utf8', 0, bytesRead), 'after\n')
    await reader.close()
  })

  it('tells once of a disk that takes nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const codes: unknown[] = []
    const onError = (error: unknown): void => {
      codes.push((error as NodeJS.ErrnoException).code)
      resolve()
    }
    const file = await openAccessFile({ path: '/dev/full', onError, onLost: never.onLost })
    file.write('one')
    await promise
    file.write('two')
    await file[Symbol.asyncDispose]()
    assert.deepEqual(codes, ['ENOSPC'])
  })

  it('goes on with the old file when there can be no new one', async () => {
    await using root = await directory()
    const path = join(root.path, 'logs/access.log')
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const file = await openAccessFile({ path, onError: resolve, onLost: never.onLost })
    await rename(join(root.path, 'logs'), join(root.path, 'moved'))
    file.reopen()
    assert.equal(((await promise) as NodeJS.ErrnoException).code, 'ENOENT')
    file.write('here')
    await file[Symbol.asyncDispose]()
    assert.equal(await readFile(join(root.path, 'moved/access.log'), 'utf8'), 'here\n')
  })
})
