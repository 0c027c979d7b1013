// The verdict table (bar L13): many raw requests, each alone and behind a good one. What the client is told and what the
// member gets is kept in corpus.golden.txt, so that a change of either is seen; UPDATE_GOLDEN=1 writes it anew.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { RawPeer } from '../support/raw-peer.ts'
import { corpus } from './corpus.ts'
import type { SeenRequest } from './recording-member.ts'
import { openStage, readAnswers, request } from './stage.ts'

const stage = await openStage()
const { member } = stage
const golden = new URL('corpus.golden.txt', import.meta.url)
const good = request('GET /good')
/** Whoever reads it as a request was smuggled one: it stands behind every input. */
const after = request('GET /after')

/** Requests served meanwhile on another connection: by then whatever can be answered at once has been. */
const meanwhile = 3

/** One connection that says `text`, and ends only when there is nothing more to wait for. */
async function verdict(text: string, methods: readonly string[]): Promise<string> {
  const probe = await stage.client()
  const second = await stage.client()
  // Two connections to the member lie ready, so that nothing here depends on how long one takes to open.
  await Promise.all([serve(probe), serve(second)])
  const before = member.requests.length
  const client = await stage.client(text)
  for (let i = 0; i < meanwhile; i++) await serve(probe)
  client.socket.end()
  const heard = readAnswers(await client.all(), methods)
  await serve(probe)
  const told = heard.map(({ status, complete }) => `${status}${complete ? '' : ' cut'}`)
  const seen = member.requests.slice(before).filter(({ target }) => target !== '/probe')
  return `${told.join(' ') || 'closed'} | ${seen.map(shown).join(', ') || 'nothing'}`
}

async function serve(probe: RawPeer): Promise<void> {
  probe.received = ''
  probe.send(request('GET /probe'))
  await probe.until('/probe app.local')
}

function shown({ method, target, host, framing, body }: SeenRequest): string {
  const framed = framing === 'none' ? '' : ` ${framing} ${JSON.stringify(body.slice(0, 20))}`
  const named = member.url.endsWith(host) ? '(its own address)' : host
  return `${method} ${target.slice(0, 60)} ${named}${framed}`
}

function parse(text: string): Map<string, string> {
  const blocks = text.split('\n\n').map((block) => block.trim())
  return new Map(blocks.filter(Boolean).map((block) => [block.split('\n')[0] ?? '', block]))
}

const updating = process.env['UPDATE_GOLDEN'] === '1'
const known = updating ? new Map<string, string>() : parse(readFileSync(golden, 'utf8'))

for (const [name, bytes] of Object.entries(corpus)) {
  test(`L13: ${name}`, async () => {
    const method = bytes.startsWith('HEAD ') ? 'HEAD' : 'GET'
    const alone = await verdict(bytes + after, [method])
    const behind = await verdict(good + bytes + after, ['GET', method])
    const block = `${name}\n  alone:  ${alone}\n  behind: ${behind}`
    if (updating) known.set(name, block)
    else assert.equal(block, known.get(name))
  })
}

test('L13: the table has a verdict for every input and for nothing else', () => {
  if (updating) writeFileSync(golden, `${[...known.values()].join('\n\n')}\n`)
  assert.deepEqual([...known.keys()], Object.keys(corpus))
})
