// Members as `/api/muster/members` tells of them.
import assert from 'node:assert/strict'
import { ask } from './edge.ts'

export interface ToldMember {
  readonly url: string
  readonly slot: string
  readonly state: string
  readonly reason: string
  readonly errors: number
  readonly elected: number
}

export async function toldMembers(apiPort: number): Promise<readonly ToldMember[]> {
  const { status, body } = await ask(apiPort, '/api/muster/members')
  assert.equal(status, 200)
  return JSON.parse(body) as ToldMember[]
}

export async function memberStates(apiPort: number): Promise<readonly string[]> {
  return (await toldMembers(apiPort)).map(({ state }) => state)
}

/** The member whose URL has that in it. */
export async function member(apiPort: number, inUrl: string): Promise<ToldMember> {
  const found = (await toldMembers(apiPort)).find(({ url }) => url.includes(inUrl))
  assert(found, `no member at ${inUrl}`)
  return found
}
