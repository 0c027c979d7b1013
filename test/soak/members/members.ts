// All members of a run, by service: who is honest, who is killed, who hangs, who forgets and who misbehaves.
import { join } from 'node:path'
import type { Services } from '../config.ts'
import { MemberProcess } from './member-process.ts'
import type { Address } from './member-process.ts'
import { startMisbehaving } from './misbehaving.ts'
import type { Misbehaving } from './misbehaving.ts'

export interface Members extends AsyncDisposable {
  readonly services: Services
  readonly mortal: readonly MemberProcess[]
  readonly hanging: readonly MemberProcess[]
  readonly talkative: Misbehaving
  readonly steadyMembers: number
  /** Files with the ids of POSTs. */
  readonly notes: readonly string[]
}

const port = 8000
const forgetsAfterMs = 150

export async function startMembers(directory: string): Promise<Members> {
  await using stack = new AsyncDisposableStack()
  const all: MemberProcess[] = []
  const start = async (forgets?: number): Promise<MemberProcess> => {
    const member = new MemberProcess(newAddress(), join(directory, `notes-${all.length}`), forgets)
    all.push(member)
    stack.use(member)
    await member.start()
    return member
  }
  const steady = [await start(), await start(), await start(), await start()]
  const mortal = [await start(), await start()]
  const hanging = [await start(), await start()]
  const forgetful = [await start(forgetsAfterMs)]
  const misbehaving = stack.use(await startMisbehaving(newAddress()))
  const talkative = stack.use(await startMisbehaving(newAddress()))
  const addresses = (members: readonly MemberProcess[]): readonly Address[] => members.map(({ address }) => address)
  const opened = stack.move()
  return {
    services: {
      steady: addresses(steady),
      mortal: addresses(mortal),
      hanging: addresses(hanging),
      forgetful: addresses(forgetful),
      misbehaving: [misbehaving.address],
      talkative: [talkative.address],
    },
    talkative,
    mortal,
    hanging,
    steadyMembers: steady.length,
    notes: all.map(({ notes }) => notes),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

let addresses = 0

/**
 * Each has an address of its own, on which nobody connects from: a port that a killed member left free cannot become
 * somebody's source port before it is started again. The process id keeps two runs apart.
 */
function newAddress(): Address {
  addresses++
  return { host: `127.${64 + (process.pid % 128)}.${(process.pid >> 7) % 256}.${addresses}`, port }
}
