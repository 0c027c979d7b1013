// The last step of a request: one hop to a member, over connections kept per member and thread.
import type { Exchange } from '../exchange/exchange.ts'
import { ReplayMemory } from '../exchange/kept-body.ts'
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Forward, ForwardOptions, Member } from '../service/member.ts'
import { Dialler, type DialOptions } from './dialler.ts'
import { Http1Hop, type HopSettings } from './http1.ts'
import { MemberPool, type PoolOptions } from './pool.ts'
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
  const pools = new Map<string, MemberPool>()
  const draining = new Set<string>()
  const context = { ...settings, replay: new ReplayMemory(settings) }
  const severed = new Set<string>()
  const hops = new Set<Http1Hop>()
  const watched = settings.bodyIdleTimeoutMs > 0
  const sweep = setInterval(() => {
    const now = performance.now()
    for (const pool of pools.values()) pool.sweep(now)
    for (const hop of hops) hop.onSweep(sweepEveryMs)
  }, sweepEveryMs).unref()

  function poolOf(member: Member): MemberPool {
    const known = pools.get(member.key)
    if (known?.isFor(member)) return known
    const pool = new MemberPool(member, dialler, settings)
    if (draining.has(member.key)) pool.close()
    known?.abandon()
    pools.set(member.key, pool)
    return pool
  }

  function forward(exchange: Exchange, member: Member, options: ForwardOptions): Promise<void> {
    if (severed.size > 0 && severed.has(member.key)) return Promise.reject(goneError(member))
    const pool = poolOf(member)
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
    closeIdle(memberKey) {
      draining.add(memberKey)
      pools.get(memberKey)?.close()
    },
    cut(memberKey) {
      draining.add(memberKey)
      severed.add(memberKey)
      pools.get(memberKey)?.cut()
      pools.delete(memberKey)
    },
    break(memberKey) {
      draining.add(memberKey)
      pools.get(memberKey)?.break()
      pools.delete(memberKey)
    },
    reopen(memberKey) {
      draining.delete(memberKey)
      severed.delete(memberKey)
      pools.get(memberKey)?.reopen()
    },
    remove(memberKey) {
      draining.delete(memberKey)
      severed.delete(memberKey)
      pools.get(memberKey)?.abandon()
      pools.delete(memberKey)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweep)
      for (const pool of pools.values()) pool.close()
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
