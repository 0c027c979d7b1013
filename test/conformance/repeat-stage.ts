// A service over two members, the first of which breaks off: what the tests of repeated requests are played on.
import { createForwarder } from '../../src/forwarder/forwarder.ts'
import type { Forwarder } from '../../src/forwarder/forwarder.ts'
import { Ledger } from '../../src/ledger/ledger.ts'
import { balancingDefaults } from '../../src/model/service-config.ts'
import type { BalancingConfig } from '../../src/model/service-config.ts'
import { forwarderDefaults } from '../../src/settings/limits.ts'
import type { ForwarderLimits } from '../../src/settings/limits.ts'
import { memberWith, serviceOver } from '../support/balancer.ts'
import { openEdge } from '../support/edge.ts'
import { startRawOrigin } from '../support/origin.ts'
import { connectRaw } from '../support/raw-peer.ts'
import type { RawPeer } from '../support/raw-peer.ts'
import { startRecordingMember } from './recording-member.ts'
import type { RecordingMember } from './recording-member.ts'

export interface DyingMember {
  /** What it had read of each request, by connection. */
  readonly read: readonly string[]
  /** Told of everything it reads, until it breaks off. */
  onRead: (text: string, peer: RawPeer) => void
}

export interface RepeatStage extends AsyncDisposable {
  readonly dying: DyingMember
  readonly steady: RecordingMember
  readonly forwarder: Forwarder
  readonly port: number
  client(text?: string): Promise<RawPeer>
}

export interface RepeatOptions {
  readonly limits?: Partial<ForwarderLimits>
  readonly balancing?: Partial<BalancingConfig>
  /** Only the one that breaks off. */
  readonly alone?: boolean
}

/** Every request is given to the dying member first: the other one is a hot standby. */
export async function openRepeatStage({ limits, balancing, alone = false }: RepeatOptions = {}): Promise<RepeatStage> {
  await using stack = new AsyncDisposableStack()
  const read: string[] = []
  const dying: { read: string[]; onRead: DyingMember['onRead'] } = { read, onRead: () => {} }
  const first = stack.use(
    await startRawOrigin((peer) => {
      const number = read.push('') - 1
      peer.socket.on('data', () => {
        // What it gave up it reads no further.
        if (peer.socket.destroyed) return
        read[number] = peer.received
        dying.onRead(peer.received, peer)
      })
    }),
  )
  const steady = stack.use(await startRecordingMember())
  const forwarder = stack.use(createForwarder({ ...forwarderDefaults, ...limits }))
  const ledger = new Ledger()
  const members = [
    memberWith({ slot: '1', port: first.port }, ledger),
    memberWith({ slot: '2', port: Number(new URL(steady.url).port), status: 'H' }, ledger),
  ]
  const service = serviceOver(alone ? members.slice(0, 1) : members, forwarder.forward, {
    balancing: { ...balancingDefaults, ...balancing, retryMs: 0 },
  })
  const edge = stack.use(await openEdge(service))
  const clients = stack.use(new AsyncDisposableStack())
  const opened = stack.move()
  return {
    dying,
    steady,
    forwarder,
    port: edge.port,
    async client(text) {
      return clients.use(await connectRaw(edge.port, text))
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
