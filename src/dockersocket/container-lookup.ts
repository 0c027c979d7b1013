// Whom a call means: the engine is asked each time, because names and prefixes of ids move from one container to another.
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Endpoint } from './endpoint.ts'
import type { StopCall } from './stop-call.ts'

export interface FoundContainer {
  /** 64 digits. */
  readonly id: string
  readonly name: string | undefined
  /** Empty: none is configured. */
  readonly stopSignal: string
  readonly isRunning: boolean
}

const answerBytesMax = 8 * 1024 * 1024

/** Undefined: there is none, or the engine does not say; then the call itself will be told why. */
export async function lookUp(
  { version, reference }: Pick<StopCall, 'version' | 'reference'>,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<FoundContainer | undefined> {
  const name = Buffer.from(reference, 'latin1')
  const path = `${version}/containers/${[...name].map(escaped).join('')}/json`
  try {
    return readContainer(await askJson(path, endpoint, signal))
  } catch {
    return undefined
  }
}

async function askJson(path: string, endpoint: Endpoint, signal: AbortSignal): Promise<unknown> {
  const where = 'path' in endpoint ? { socketPath: endpoint.path } : endpoint
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = request({ ...where, path, agent: false, signal, headers: { Host: 'docker' } }, resolve)
  sent.on('error', reject)
  sent.end()
  const response = await promise
  if (response.statusCode !== 200) {
    response.destroy()
    return undefined
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > answerBytesMax) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}

function readContainer(json: unknown): FoundContainer | undefined {
  const { Id: id, Name: name, State: state, Config: config } = record(json)
  if (typeof id !== 'string' || !/^[\da-f]{64}$/.test(id)) return undefined
  const { StopSignal: configured } = record(config)
  return {
    id,
    name: typeof name === 'string' ? name.replace(/^\//, '') : undefined,
    stopSignal: typeof configured === 'string' ? configured : '',
    isRunning: record(state)['Running'] === true,
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function escaped(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`
}
