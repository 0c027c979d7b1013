import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { LedgerRow, rowMemory } from '../../src/ledger/row.ts'
import { smoothSequence, turnsMemory } from '../../src/ledger/turns.ts'
import type { Method } from '../../src/model/service-config.ts'

export interface PickingOrder {
  readonly method: Method
  readonly weights: readonly number[]
  readonly rows: readonly SharedArrayBuffer[]
  readonly turns: SharedArrayBuffer
  readonly column: number
  readonly picks: number
  /** Of the answers, in turn. */
  readonly bytesOf: readonly number[]
  /** Requests a thread has under way. */
  readonly heldAtOnce: number
}

export interface Picked {
  /** Requests that each member got, over all threads. */
  readonly counts: readonly number[]
  /** The member of each of the first clients, by thread. */
  readonly byClient: readonly (readonly number[])[]
  readonly rows: readonly LedgerRow[]
  /** How many more requests than the least busy member one had that was chosen, at most. */
  readonly mostAboveLeast: number
}

/** So many picks in all, shared out among threads that know of each other by the ledger alone. */
export async function pickInThreads(
  threads: number,
  picks: number,
  order: Pick<PickingOrder, 'method' | 'weights'> & Partial<PickingOrder>,
): Promise<Picked> {
  const memories = order.weights.map(() => rowMemory(threads))
  const rows = memories.map((memory) => new LedgerRow(memory, 0))
  for (const row of rows) row.available = true
  const turns = turnsMemory(smoothSequence(order.weights), 0)
  const program = new URL('picking-thread.ts', import.meta.url)
  const found = await Promise.all(
    Array.from({ length: threads }, async (_, column) => {
      const shared = { bytesOf: [100], heldAtOnce: 4, ...order, rows: memories, turns, column, picks: picks / threads }
      const [told] = (await once(new Worker(program, { workerData: shared }), 'message')) as [
        { counts: readonly number[]; byClient: readonly number[]; mostAboveLeast: number },
      ]
      return told
    }),
  )
  const counts = order.weights.map((_, member) => found.reduce((sum, told) => sum + (told.counts[member] ?? 0), 0))
  const mostAboveLeast = Math.max(...found.map((told) => told.mostAboveLeast))
  return { counts, byClient: found.map(({ byClient }) => byClient), rows, mostAboveLeast }
}
