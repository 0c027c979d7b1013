// Requests to a member that answers what it must not: every case of the corpus again and again (bar L14).
import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'
import { bodyBytes, corpus, talkative } from '../members/corpus.ts'
import type { Misbehaving } from '../members/misbehaving.ts'
import { ask } from './ask.ts'
import type { Upload } from './ask.ts'
import type { Field } from './traffic.ts'
import { patienceMs } from './whole-requests.ts'

const names = Object.keys(corpus).filter((name) => corpus[name] !== talkative)
const upload: Upload = { bytes: 400_000, framing: 'length' }
/** Much less than Muster keeps an idle connection here. */
const dropMs = 2000

export function addMisbehavingMembers(field: Field): void {
  field.lanes.add('misbehaving members', { lanes: 5, pauseMs: [20, 100] }, (dice) => {
    return play(field, 'misbehaving', dice.chance(0.4) ? 'reset-anywhere' : dice.pick(names), dice)
  })
}

/** One at a time: what it says unasked must find its connection idle, and end it. */
export function addTalkativeMember(field: Field, member: Misbehaving): void {
  field.lanes.add('talkative member', { lanes: 1, pauseMs: [10, 200] }, async (dice) => {
    await play(field, 'talkative', 'talkative', dice)
    const began = performance.now()
    while (member.connections > 0 && performance.now() - began < dropMs) await delay(10)
    if (member.connections > 0) field.books.report('a connection was kept though its member spoke unasked')
  })
}

async function play({ port, books, agent }: Field, service: string, name: string, dice: Dice): Promise<void> {
  const { method, expected } = corpus[name] ?? { method: 'GET', expected: [] }
  const id = books.newId()
  const startedAt = performance.now()
  const outcome = await ask({
    port,
    service,
    path: `/${name}?at=${dice.roll()}`,
    method,
    id,
    agent: dice.chance(0.7) ? agent : false,
    upload: method === 'POST' ? upload : undefined,
    download: bodyBytes,
    timeoutMs: patienceMs,
  })
  books.settle({ traffic: `member: ${name}`, service, method, id, startedAt }, outcome, expected)
}
