// What the members noted: which request came to whom and when, when each began to listen, and what came after a kill.
import { readFile, readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'

/** One request at one member. */
export interface Visit {
  readonly member: string
  readonly came: number
  answered: number | undefined
}

export interface Notes {
  /** By the request's id; more than one where it was repeated. */
  readonly visits: ReadonlyMap<string, readonly Visit[]>
  readonly members: ReadonlyMap<
    string,
    { readonly listening: number | undefined; readonly arrivals: readonly number[] }
  >
}

/** Whether a member has noted a request since notes were taken. */
export async function hasServed(directory: string, member: string): Promise<boolean> {
  const noted = await readFile(join(directory, member), 'utf8').catch(() => '')
  return noted.includes('came ')
}

/** How often a member has begun to listen since notes were taken. */
export async function timesListening(directory: string, member: string): Promise<number> {
  const noted = await readFile(join(directory, member), 'utf8').catch(() => '')
  return noted.split('listening ').length - 1
}

/** Reads what was noted since the last time, and empties the files: members append to them. */
export async function takeNotes(directory: string): Promise<Notes> {
  const visits = new Map<string, Visit[]>()
  const members = new Map<string, { listening: number | undefined; arrivals: number[] }>()
  for (const member of await readdir(directory)) {
    const path = join(directory, member)
    const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean)
    await truncate(path)
    const told = { listening: undefined as number | undefined, arrivals: [] as number[] }
    members.set(member, told)
    for (const line of lines) {
      const [what = '', id = '', at = ''] = line.split(' ')
      if (what === 'listening') told.listening = Number(at)
      else if (what === 'came') {
        told.arrivals.push(Number(at))
        const before = visits.get(id) ?? []
        visits.set(id, [...before, { member, came: Number(at), answered: undefined }])
      } else {
        const visit = visits.get(id)?.find((each) => each.member === member)
        if (visit) visit.answered = Number(at)
      }
    }
  }
  return { visits, members }
}
