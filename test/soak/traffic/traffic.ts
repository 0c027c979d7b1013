// All that clients do, at the same time, at modest rates.
import { Agent } from 'node:http'
import type { Books } from '../books.ts'
import type { Lanes } from '../lanes.ts'
import type { Misbehaving } from '../members/misbehaving.ts'
import { addAborts } from './aborts.ts'
import { addMisbehavingMembers, addTalkativeMember } from './misbehaving-members.ts'
import { addSlowClients } from './slow-clients.ts'
import { addWebSockets } from './web-sockets.ts'
import { addWholeRequests } from './whole-requests.ts'

/** What traffic needs to know. */
export interface Field {
  readonly port: number
  readonly books: Books
  readonly lanes: Lanes
  /** Keeps connections to Muster. */
  readonly agent: Agent
}

/** Returns what closes the connections that clients keep. */
export function addTraffic(arena: Omit<Field, 'agent'>, talkative: Misbehaving): () => void {
  const agent = new Agent({ keepAlive: true })
  const field = { ...arena, agent }
  addWholeRequests(field)
  addWebSockets(field)
  addAborts(field)
  addSlowClients(field)
  addMisbehavingMembers(field)
  addTalkativeMember(field, talkative)
  return () => agent.destroy()
}
