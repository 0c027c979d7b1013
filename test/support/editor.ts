// Whoever edits a running Muster by its API, as the page does: token first, then POST.
import assert from 'node:assert/strict'
import { ask } from './edge.ts'
import type { Answer } from './edge.ts'

export interface Posted {
  readonly status: number
  readonly answer: Readonly<Record<string, unknown>>
}

export interface Session {
  readonly token: string
  readonly editable: boolean
  readonly reason?: string
  readonly persists: boolean
  readonly file?: string
}

export async function session(port: number, host?: string): Promise<Session> {
  const answer = await ask(port, '/api/muster/session', host === undefined ? {} : { host })
  assert.equal(answer.status, 200, answer.body)
  return JSON.parse(answer.body) as Session
}

/** With what a browser's page of Muster's own sends; `fields` differ from that, undefined leaves one out. */
export async function post(
  port: number,
  path: string,
  body: unknown,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<Posted> {
  const host = fields['host'] ?? `127.0.0.1:${port}`
  const usual: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-muster-token': 'x-muster-token' in fields ? undefined : (await session(port)).token,
    'sec-fetch-site': 'same-origin',
    origin: `http://${host}`,
    host,
  }
  const all = Object.entries({ ...usual, ...fields }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  )
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await ask(port, path, { method: 'POST', fields: Object.fromEntries(all), body: text })
  return { status: answer.status, answer: parsed(answer) }
}

function parsed({ body }: Answer): Posted['answer'] {
  return body.startsWith('{') ? (JSON.parse(body) as Posted['answer']) : { text: body }
}
