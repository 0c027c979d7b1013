// A thread that takes turns as fast as it can, and tells how many each member got.
import { parentPort, workerData } from 'node:worker_threads'
import { Turns } from '../../src/ledger/turns.ts'

const { memory, each } = workerData as { memory: SharedArrayBuffer; each: number }
const turns = new Turns(memory)
const taken = [0, 0, 0]
for (let i = 0; i < each; i++) {
  const member = turns.take(() => true) ?? 0
  taken[member] = (taken[member] ?? 0) + 1
}
parentPort?.postMessage(taken)
