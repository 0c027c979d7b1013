import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { openDockerSocket } from '../../../src/dockersocket/docker-socket.ts'
import type { DockerSocket } from '../../../src/dockersocket/docker-socket.ts'
import type { Endpoint } from '../../../src/dockersocket/endpoint.ts'
import { groupId } from '../../../src/dockersocket/group.ts'
import { DockerSocketError } from '../../../src/dockersocket/socket-error.ts'
import { ask, json, openStage } from './stage.ts'

describe('the socket file', () => {
  test('is open to its owner and group alone, and gone after the end', async () => {
    await using place = await openPlace()
    const path = join(place.directory, 'deep', 'er', 'm.sock')
    {
      await using _socket = await open(path)
      const { mode } = await stat(path)
      assert.equal((mode & 0o777).toString(8), '660')
    }
    assert.equal(existsSync(path), false)
  })

  test('is given to a group', { skip: process.getuid?.() === 0 ? false : 'only root may do that' }, async () => {
    await using place = await openPlace()
    const path = join(place.directory, 'm.sock')
    await using _socket = await open(path, '12345')
    assert.equal((await stat(path)).gid, 12_345)
  })

  test('a group is a number, or a name that the system knows', async () => {
    await using place = await openPlace()
    const file = join(place.directory, 'group')
    await writeFile(file, 'root:x:0:\ndockers:x:7:a,b\ndocker:x:998:\nbroken\n')
    assert.equal(await groupId('998', file), 998)
    assert.equal(await groupId('docker', file), 998)
    await assert.rejects(groupId('dock', file), /no group "dock" here; give its number/)
    await assert.rejects(groupId('broken', file), DockerSocketError)
  })

  test('one that a dead process left is replaced', async () => {
    await using place = await openPlace()
    const path = join(place.directory, 'm.sock')
    const die = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', die])
    assert.ok((await stat(path)).isSocket())
    await using _socket = await open(path)
  })

  test('one that somebody listens at is left alone, and named', async () => {
    await using place = await openPlace()
    const path = join(place.directory, 'm.sock')
    const server = createServer().listen(path)
    await once(server, 'listening')
    await assert.rejects(open(path), {
      name: 'DockerSocketError',
      message: `the Docker API socket cannot listen at "${path}": another process listens there; choose another path by --dockersocket.listen`,
    })
    assert.ok(existsSync(path))
    server.close()
    await once(server, 'close')
  })

  test('what is no socket is never removed', async () => {
    await using place = await openPlace()
    const file = join(place.directory, 'file')
    const folder = join(place.directory, 'folder')
    const link = join(place.directory, 'link')
    await writeFile(file, 'precious')
    await mkdir(folder)
    await symlink(file, link)
    for (const path of [file, folder, link]) {
      await assert.rejects(open(path), /there is something else than a socket, which is left alone/)
      assert.ok(existsSync(path))
    }
    await assert.rejects(open(join(file, 'm.sock')), /cannot listen at/)
    await assert.rejects(open(join(place.directory, 'x'.repeat(120))), /longer than the 107 bytes/)
    await chmod(folder, 0o700)
  })

  test('never where the engine is expected', async () => {
    const path = '/tmp/muster-never-made.sock'
    const options = {
      listen: { path },
      upstream: { path },
      mode: 'full',
      drainTimeoutMs: 1,
      group: undefined,
      graceMs: 0,
    } as const
    await assert.rejects(
      openDockerSocket(options, { drain: undefined, log: silent }),
      /listen where it expects the engine/,
    )
    assert.equal(existsSync(path), false)
  })
})

test('a port that is taken is an error that names it', async () => {
  await using stage = await openStage({ listen: { host: '127.0.0.1', port: 0 } })
  const listen = { host: '127.0.0.1', port: stage.port }
  await assert.rejects(
    open(listen),
    (error: Error) => error instanceof DockerSocketError && error.message.includes(`tcp://127.0.0.1:${stage.port}`),
  )
})

describe('its end', () => {
  test('closes idle connections at once and lets calls under way finish', async () => {
    await using stage = await openStage({ graceMs: 60_000 })
    await using idle = await stage.client(ask('GET /_ping'))
    await using first = await stage.engineSide()
    first.send(json({}))
    await idle.until('{}')
    await using busy = await stage.client(ask('GET /containers/a/logs?follow=1'))
    await using second = await stage.engineSide()
    second.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    await busy.until('\r\n\r\n')
    const stopped = stage.stop()
    await idle.over
    await assert.rejects(stage.client())
    second.send('4\r\nlast\r\n0\r\n\r\n')
    assert.match(await busy.all(), /last\r\n0\r\n\r\n$/)
    await stopped
  })

  test('cuts what is left after the grace time', async () => {
    await using stage = await openStage({ graceMs: 50 })
    await using client = await stage.client(ask('GET /events'))
    await using engine = await stage.engineSide()
    await engine.until('/events')
    await stage.stop()
    await client.over
    await engine.over
  })
})

const silent = { error() {}, warn() {}, info() {}, debug() {} }

function open(place: string | Endpoint, group?: string): Promise<DockerSocket> {
  const listen = typeof place === 'string' ? { path: place } : place
  return openDockerSocket(
    { listen, upstream: { path: '/nowhere' }, mode: 'full', drainTimeoutMs: 1, group, graceMs: 0 },
    { drain: undefined, log: silent },
  )
}

async function openPlace(): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-socket-'))
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}
