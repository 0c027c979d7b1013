// The last step of a request: one hop to a member, over connections kept per member and thread.
import type { Exchange } from '../exchange/exchange.ts'
import { ReplayMemory } from '../exchange/kept-body.ts'
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Forward, ForwardOptions, Member } from '../service/member.ts'
import { Dialler, type DialOptions } from './dialler.ts'
import type { HopSettings } from './hop-settings.ts'
import { Http1Hop } from './http1.ts'
import { MemberPools } from './member-pools.ts'
import type { PoolOptions } from './pool.ts'
import { hostFor } from './request-head.ts'
import { forwardUpgrade } from './upgrade.ts'

export interface ForwarderOptions extends DialOptions, PoolOptions, HopSettings {
  /** Bytes of one request's body that are kept to be sent again; 0: none. */
  readonly maxReplayBytes: number
  /** The same of all requests together, with what the pieces take. */
  readonly maxReplayMemory: number
}

const sweepEveryMs = 1000

export interface Forwarder extends AsyncDisposable {
  readonly forward: Forward
  /** Of bodies that may have to be sent again; at most `maxReplayMemory`. */
  readonly keptBytes: number
  /** The member drains: idle connections close now, those in use when their exchange ends. */
  closeIdle(memberKey: string): void
  /** It does not drain after all. */
  reopen(memberKey: string): void
  /**
   * Its address is no longer its own: as `closeIdle`, what is in use ends as soon as it is silent, and nothing is dialled
   * until `reopen`. Whoever answers there now may be another container.
   */
  cut(memberKey: string): void
  /** It had its time to drain: as `closeIdle`, and what is in use breaks. */
  break(memberKey: string): void
  /** It is gone: as `closeIdle`, and nothing is remembered of it. */
  remove(memberKey: string): void
}

/** Disposing of it breaks off whatever is still in flight. */
export function createForwarder(settings: ForwarderOptions): Forwarder {
  const dialler = new Dialler(settings)
  const pools = new MemberPools(dialler, settings)
  const context = { ...settings, replay: new ReplayMemory(settings) }
  const hops = new Set<Http1Hop>()
  const watched = settings.bodyIdleTimeoutMs > 0
  const sweep = setInterval(() => {
    pools.sweep(performance.now())
    for (const hop of hops) hop.onSweep(sweepEveryMs)
  }, sweepEveryMs).unref()

  function forward(exchange: Exchange, member: Member, options: ForwardOptions): Promise<void> {
    const pool = pools.of(member)
    if (pool === undefined) return Promise.reject(goneError(member))
    if (exchange.kind === 'upgrade') {
      const { responseHeaderTimeoutMs } = settings
      return forwardUpgrade(exchange, member, { ...options, responseHeaderTimeoutMs }, pool)
    }
    const hop = new Http1Hop(exchange, member, pool, context)
    const over = hop.run(hostFor(exchange, member, options), options)
    return watched ? watch(hops, hop, over) : over
  }

  return {
    forward,
    get keptBytes() {
      return context.replay.kept
    },
    closeIdle: (memberKey) => pools.closeIdle(memberKey),
    cut: (memberKey) => pools.cut(memberKey),
    break: (memberKey) => pools.break(memberKey),
    reopen: (memberKey) => pools.reopen(memberKey),
    remove: (memberKey) => pools.remove(memberKey),
    async [Symbol.asyncDispose]() {
      clearInterval(sweep)
      pools.close()
      await dialler[Symbol.asyncDispose]()
    },
  }
}

/** As one whose members are all in use, it is no failure of the member's, and another one is tried. */
function goneError({ key }: Member): UpstreamError {
  return new UpstreamError('busy', `member "${key}" is not at its address just now`, { sent: false })
}

/** Keeps the hop among those that are swept until it is over. */
async function watch(hops: Set<Http1Hop>, hop: Http1Hop, over: Promise<void>): Promise<void> {
  hops.add(hop)
  try {
    await over
  } finally {
    hops.delete(hop)
  }
}
