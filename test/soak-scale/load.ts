// The clients: each on one kept connection with one request at a time, at a bounded rate. Half of them POST, the others GET or
// PUT; they know each answer, and what becomes of every request goes into the books.
import { createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { epochMs } from './books.ts'
import type { Books, Failure } from './books.ts'

export interface LoadOptions {
  readonly port: number
  /** Of the requests, below which the service answers. */
  readonly path: string
  readonly books: Books
  /** What ids begin with: unlike that of any other load. */
  readonly prefix: string
  /** Of all clients together. */
  readonly perSecond?: number | undefined
}

interface Sent {
  readonly id: string
  readonly method: string
  readonly body: Buffer | undefined
}

const clients = 16
/** Clients ask no more often, however fast the answers are. */
const perSecondDefault = 400
/** Above what a proxy holds a request while a service has nobody: 15 s. */
const timeoutMs = 20_000
const [bodyBytesMin, bodyBytesMax] = [1024, 20 * 1024]
const reasonMax = 120
const noise = randomBytes(bodyBytesMax * 2)

export class Load implements AsyncDisposable {
  readonly #options: LoadOptions
  readonly #stop = new AbortController()
  readonly #loops: readonly Promise<void>[]

  constructor(options: LoadOptions) {
    this.#options = options
    this.#loops = Array.from({ length: clients }, (_, index) => this.#ask(index))
  }

  /** Lets every request come to its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
  }

  async #ask(index: number): Promise<void> {
    const { prefix, books, perSecond = perSecondDefault } = this.#options
    const everyMs = (clients * 1000) / perSecond
    const { signal } = this.#stop
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const method = index % 2 === 0 ? 'POST' : index % 4 === 1 ? 'GET' : 'PUT'
    let due = performance.now() + (index * everyMs) / clients
    for (let count = 0; !signal.aborted; count++) {
      await delay(Math.max(due - performance.now(), 0))
      due = Math.max(due + everyMs, performance.now())
      const sent = { id: `${prefix}-${index}-${count}`, method, body: method === 'GET' ? undefined : someBody() }
      const began = epochMs()
      const failure = await this.#one(agent, sent).catch(failureOf)
      const ended = epochMs()
      if (failure === undefined) books.answer(method, ended - began)
      else books.fail({ id: sent.id, method, ...failure, began, ended })
    }
    agent.destroy()
  }

  #one(agent: Agent, { id, method, body }: Sent): Promise<Pick<Failure, 'kind' | 'reason'> | undefined> {
    const { port, path } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Pick<Failure, 'kind' | 'reason'> | undefined>()
    const headers = { 'x-soak-id': id, ...(body && { 'content-length': body.length }) }
    const sent = request({ host: '127.0.0.1', port, path, method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) return resolve(isOwn(text, id, body) ? undefined : wrong(text))
        resolve({ kind: 'status', reason: `${response.statusCode} ${firstLine(text)}` })
      })
    })
    const timer = setTimeout(() => sent.destroy(new Error('timeout')), timeoutMs)
    sent.on('error', reject).on('close', () => clearTimeout(timer))
    sent.end(body)
    return promise
  }
}

function someBody(): Buffer {
  const length = bodyBytesMin + Math.floor(Math.random() * (bodyBytesMax - bodyBytesMin))
  const start = Math.floor(Math.random() * bodyBytesMax)
  return noise.subarray(start, start + length)
}

function isOwn(text: string, id: string, body: Buffer | undefined): boolean {
  const sha1 = createHash('sha1')
    .update(body ?? '')
    .digest('hex')
  return text.startsWith(`{"id":"${id}","sha1":"${sha1}"`)
}

function wrong(text: string): Pick<Failure, 'kind' | 'reason'> {
  return { kind: 'wrong', reason: firstLine(text) }
}

function failureOf(error: NodeJS.ErrnoException): Pick<Failure, 'kind' | 'reason'> {
  if (error.message === 'timeout') return { kind: 'timeout', reason: `no answer within ${timeoutMs / 1000} s` }
  return { kind: 'reset', reason: error.code ?? error.message }
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, reasonMax)
}
