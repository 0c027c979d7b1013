// The whole of Muster between a raw client and a recording member: what every row of this folder is tried on.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, after } from 'node:test'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { configFile } from '../support/file-config.ts'
import { connectRaw } from '../support/raw-peer.ts'
import type { RawPeer } from '../support/raw-peer.ts'
import { ok, startRecordingMember } from './recording-member.ts'
import type { RecordingMember } from './recording-member.ts'
import { readAnswer, valuesOf } from './strict-message.ts'
import type { Message } from './strict-message.ts'

export interface StageOptions {
  /** Of Muster, besides those every test has. */
  readonly flags?: readonly string[]
  /** Routers besides `all`, by name, as YAML. Without a service of their own they lead to `member`. */
  readonly routers?: Readonly<Record<string, string>>
  /** Services besides `member`, each with a member that answers with its name. */
  readonly services?: readonly string[]
  /** YAML below `middlewares:`, and below the service's `loadBalancer:`, each in one line. */
  readonly middlewares?: string
  readonly balancer?: string
}

export interface Stage {
  readonly muster: RunningApp
  readonly member: RecordingMember
  /** Of the other services, by name. */
  readonly others: ReadonlyMap<string, RecordingMember>
  readonly port: number
  /** A connection to Muster, closed after the test. */
  client(text?: string): Promise<RawPeer>
  /** All that is heard on one connection after saying `text`, until Muster closes it. `fin`: nothing follows it. */
  say(text: string, options?: SayOptions): Promise<Heard>
  /** As happens after each test. */
  closeClients(): Promise<void>
}

export interface SayOptions {
  readonly fin?: boolean
  /** Of the requests in `text`, as far as it changes how an answer ends. */
  readonly methods?: readonly string[]
}

export interface Heard {
  readonly answers: readonly HeardAnswer[]
  readonly text: string
  readonly over: 'ended' | 'reset'
}

export interface HeardAnswer extends Message {
  readonly status: number
}

/** A silent connection is given up after this long, so that a failing test says what it had heard. */
const silenceMs = 20_000

/** Opens Muster for the tests of one file; after each of them it must have logged no failure of its own. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { flags = [], services = [] } = options
  const member = await startRecordingMember()
  const others = new Map<string, RecordingMember>()
  for (const name of services) {
    others.set(name, await startRecordingMember(({ request: { target } }) => ok(`${name} ${target}`)))
  }
  const members = [member, ...others.values()]
  const config = await configFile(configuration(options, member, others))
  const muster = await startMuster(`--providers.file.filename=${config.path}`, ...flags)
  const { fields } = await muster.logged(({ message }) => message === 'configuration updated')
  assert.equal(fields['problems'], 0, JSON.stringify(muster.log))
  const clients: RawPeer[] = []
  const stage: Stage = {
    muster,
    member,
    others,
    port: muster.port,
    async client(text) {
      const client = await connectRaw(muster.port, text)
      client.socket.setTimeout(silenceMs, () => client.socket.destroy())
      clients.push(client)
      return client
    },
    async say(text, { fin = false, methods = [] } = {}) {
      const client = await stage.client()
      if (fin) client.socket.end(text, 'latin1')
      else client.send(text)
      const heard = await client.all()
      return { answers: readAnswers(heard, methods), text: heard, over: await client.over }
    },
    async closeClients() {
      for (const client of clients.splice(0)) await client[Symbol.asyncDispose]()
    },
  }

  beforeEach(() => {
    for (const each of members) each.forget()
  })
  afterEach(async () => {
    await stage.closeClients()
    const malformed = members.flatMap((each) => each.malformed)
    assert.deepEqual(malformed, [], 'a member was sent what is no strict request')
    const failures = muster.log.filter(({ level }) => level === 'error')
    assert.deepEqual(failures, [], 'Muster failed inside')
  })
  after(async () => {
    await stage.closeClients()
    await muster[Symbol.asyncDispose]()
    await config[Symbol.asyncDispose]()
    for (const each of members) await each[Symbol.asyncDispose]()
  })
  return stage
}

function configuration(
  { routers = {}, middlewares = '', balancer = '' }: StageOptions,
  member: RecordingMember,
  others: ReadonlyMap<string, RecordingMember>,
): string {
  const extra = Object.entries(routers).map(
    ([name, router]) => `    ${name}: { ${router.includes('service:') ? '' : 'service: member, '}${router} }\n`,
  )
  const more = [...others].map(([name, { url }]) => `    ${name}: { loadBalancer: { servers: [{ url: '${url}' }] } }\n`)
  return `
http:
  routers:
    all: { rule: PathPrefix(\`/\`), priority: 1, service: member }
${extra.join('')}${middlewares === '' ? '' : `  middlewares: { ${middlewares} }\n`}
  services:
    member: { loadBalancer: { ${balancer} servers: [{ url: '${member.url}' }] } }
${more.join('')}`
}

/** Every answer in `text`, to requests with `methods` (GET where none is given). Fails where one is not strict. */
export function readAnswers(text: string, methods: readonly string[] = []): HeardAnswer[] {
  const answers: HeardAnswer[] = []
  let finals = 0
  for (let at = 0; at < text.length;) {
    const read = readAnswer(text, methods[finals] ?? 'GET', at)
    assert.ok(read !== 'incomplete', `a cut head: ${JSON.stringify(text.slice(at))}`)
    assert.ok('complete' in read, `${JSON.stringify(read)} in ${JSON.stringify(text.slice(at))}`)
    const status = Number(read.start.slice(9, 12))
    answers.push({ ...read, status })
    if (status >= 200) finals++
    at = read.end
  }
  return answers
}

export function statuses({ answers }: Pick<Heard, 'answers'>): number[] {
  return answers.map(({ status }) => status)
}

export function fieldOf({ fields }: Pick<Message, 'fields'>, name: string): string | undefined {
  const values = valuesOf(fields, name)
  assert.ok(values.length < 2, `${name} stands there ${values.length} times`)
  return values[0]
}

/** A request as bytes; `fields` are whole lines, `Host: app.local` is added unless they name one. */
export function request(line: string, fields: readonly string[] = [], body = ''): string {
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ['Host: app.local']
  return [line.includes(' HTTP/') ? line : `${line} HTTP/1.1`, ...host, ...fields, '', body].join('\r\n')
}

/** Stands behind what is tried: whoever reads it as a request was smuggled one. */
export const smuggled = request('GET /smuggled')
/** The last request of a connection. */
export const farewell = request('GET /farewell', ['Connection: close'])
