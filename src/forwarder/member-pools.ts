// The pools of all members, and what each of them has been told to do: it outlives a pool, which is made anew when its member
// moves.
import type { Member } from '../service/member.ts'
import type { Dialler } from './dialler.ts'
import { MemberPool, type PoolOptions } from './pool.ts'

export class MemberPools {
  readonly #dialler: Dialler
  readonly #options: PoolOptions
  readonly #pools = new Map<string, MemberPool>()
  readonly #draining = new Set<string>()
  readonly #severed = new Set<string>()

  constructor(dialler: Dialler, options: PoolOptions) {
    this.#dialler = dialler
    this.#options = options
  }

  /** Undefined: its address is not its own just now. */
  of(member: Member): MemberPool | undefined {
    const { key } = member
    if (this.#severed.size > 0 && this.#severed.has(key)) return undefined
    const known = this.#pools.get(key)
    if (known?.isFor(member)) return known
    const pool = new MemberPool(member, this.#dialler, this.#options)
    if (this.#draining.has(key)) pool.close()
    known?.abandon()
    this.#pools.set(key, pool)
    return pool
  }

  closeIdle(key: string): void {
    this.#draining.add(key)
    this.#pools.get(key)?.close()
  }

  cut(key: string): void {
    this.#draining.add(key)
    this.#severed.add(key)
    this.#pools.get(key)?.cut()
    this.#pools.delete(key)
  }

  break(key: string): void {
    this.#draining.add(key)
    this.#pools.get(key)?.break()
    this.#pools.delete(key)
  }

  reopen(key: string): void {
    this.#draining.delete(key)
    this.#severed.delete(key)
    this.#pools.get(key)?.reopen()
  }

  remove(key: string): void {
    this.#draining.delete(key)
    this.#severed.delete(key)
    this.#pools.get(key)?.abandon()
    this.#pools.delete(key)
  }

  sweep(now: number): void {
    for (const pool of this.#pools.values()) pool.sweep(now)
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close()
  }
}
