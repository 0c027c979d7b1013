// The memory a connection reads into: used again as soon as nobody needs what is in it, and never before.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Connection, type ConnectionUser } from '../../../src/forwarder/connection.ts'
import { Inbox } from '../../../src/forwarder/inbox.ts'
import { MemberSocket } from '../../../src/forwarder/member-socket.ts'
import { startRawOrigin } from '../../support/origin.ts'

/** Keeps what it gets as it is, without a copy. */
class Keeper implements ConnectionUser {
  holdsBytes = false
  readonly got: Buffer[] = []
  afterwards: () => void = () => {}
  #wake = Promise.withResolvers<void>()

  onReceived(bytes: Buffer): void {
    this.got.push(bytes)
    this.afterwards()
    this.#wake.resolve()
  }

  async next(): Promise<void> {
    await this.#wake.promise
    this.#wake = Promise.withResolvers<void>()
  }

  onDrained(): void {}
  onEnded(): void {}
  onClosed(): void {}
}

test('bytes that nobody holds are overwritten by the next read; held ones stay until they are let go', async () => {
  await using origin = await startRawOrigin()
  const inbox = new Inbox()
  const socket = new MemberSocket(inbox).connect({ port: origin.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const connection = new Connection(socket, inbox, () => {})
  const user = new Keeper()
  connection.user = user
  const member = await origin.peer(0)
  const receive = async (text: string): Promise<void> => {
    member.send(text)
    await user.next()
  }
  await receive('one')
  await receive('two')
  assert.deepEqual(user.got.map(String), ['two', 'two'])
  user.holdsBytes = true
  await receive('six')
  await receive('ten')
  assert.deepEqual(user.got.slice(2).map(String), ['six', 'ten'])
  user.holdsBytes = false
  await receive('end')
  await receive('END')
  assert.deepEqual(user.got.slice(2, 3).map(String), ['six'])
  assert.equal(user.got[4]?.buffer, user.got[5]?.buffer)
  connection.destroy()
})

test('what one exchange still holds when the next begins is never read into again', async () => {
  await using origin = await startRawOrigin()
  const inbox = new Inbox()
  const socket = new MemberSocket(inbox).connect({ port: origin.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const connection = new Connection(socket, inbox, () => {})
  const [first, second] = [new Keeper(), new Keeper()]
  const member = await origin.peer(0)
  connection.user = first
  first.holdsBytes = true
  member.send('one')
  await first.next()
  // As a pool does it when the answer is complete and somebody waits.
  first.afterwards = () => {
    connection.user = second
  }
  member.send('two')
  await first.next()
  for (const text of ['xxx', 'yyy', 'zzz']) {
    member.send(text)
    await second.next()
  }
  assert.deepEqual(first.got.map(String), ['one', 'two'])
  connection.destroy()
})
