// Which calls make a container stop, as the engine's router and its reading of the query have it.
import { beginsStop, signalNumber, stopSignal } from '../provider/docker/stop-signal.ts'
import type { RequestHead } from './request-head.ts'

export interface StopCall {
  readonly what: 'stop' | 'restart' | 'kill' | 'remove'
  /** `/v1.41`, or empty. */
  readonly version: string
  /** Id, prefix of an id or name, a character for each byte. */
  readonly reference: string
  /** Of a kill; undefined: what it asks for is no signal. */
  readonly signal: number | undefined
}

const posts = /^((?:\/v[\d.]+)?)\/containers\/(.+)\/(stop|restart|kill)$/
const removal = /^((?:\/v[\d.]+)?)\/containers\/(.+)$/
const SIGKILL = 9

/** Undefined: it stops nothing. */
export function stopCall({ method, target: { path, query } }: RequestHead): StopCall | undefined {
  if (method === 'POST') {
    const [, version = '', reference = '', what] = posts.exec(path) ?? []
    if (what === undefined) return undefined
    const signal = what === 'kill' ? killSignal(query) : undefined
    return { what: what as 'stop' | 'restart' | 'kill', version, reference, signal }
  }
  const [, version = '', reference] = removal.exec(path) ?? []
  if (method !== 'DELETE' || reference === undefined || !isTrue(valueIn(query, 'force'))) return undefined
  return { what: 'remove', version, reference, signal: undefined }
}

/** @param configured the container's StopSignal */
export function stops({ what, signal }: StopCall, configured: string): boolean {
  if (what !== 'kill') return true
  return signal !== undefined && beginsStop(signal, stopSignal(configured))
}

function killSignal(query: string): number | undefined {
  const text = valueIn(query, 'signal')
  return text === '' ? SIGKILL : signalNumber(text)
}

/** The first one counts. */
function valueIn(query: string, name: string): string {
  return new URLSearchParams(query).get(name) ?? ''
}

/** As the engine reads booleans. */
function isTrue(text: string): boolean {
  return !['', '0', 'no', 'false', 'none'].includes(text.trim().toLowerCase())
}
