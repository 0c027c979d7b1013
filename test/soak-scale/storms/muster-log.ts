// What Muster's log tells of an update: when it was in force, which members take requests, what went wrong. Times are those
// Muster wrote into it.
import { setTimeout as delay } from 'node:timers/promises'
import { SetupError } from '../../../compose/setup/run.ts'

const patienceMs = 60_000

export class MusterLog {
  /** Since when each service's member takes requests, by the service's name; milliseconds since the epoch. */
  readonly ready = new Map<string, number>()
  readonly gone = new Map<string, number>()
  /** When each update was in force. */
  readonly updates: number[] = []
  /** Lines that say that somebody must act. */
  readonly errors: string[] = []
  #rest = ''

  read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#readLine(line)
  }

  /** Whether the condition, which what is read may bring about, holds before long. */
  async says(condition: () => boolean): Promise<boolean> {
    const deadline = performance.now() + patienceMs
    while (!condition()) {
      if (performance.now() > deadline) return false
      await delay(5)
    }
    return true
  }

  /** The same where nothing goes on without it. */
  async mustSay(what: string, condition: () => boolean): Promise<void> {
    if (!(await this.says(condition)))
      throw new SetupError(`Muster did not say within ${patienceMs / 1000} s that ${what}`)
  }

  #readLine(line: string): void {
    const [, time = '', level, sentence = ''] = /^(\S+Z) ([A-Z]{3}) (.*)$/.exec(line) ?? []
    const at = Date.parse(time)
    if (level === 'ERR' || level === 'FTL') this.errors.push(line)
    if (sentence.startsWith('configuration updated')) this.updates.push(at)
    const [, name = '', state] = /^member changed service=([\w-]+)@.* after=(ready|gone)/.exec(sentence) ?? []
    if (state === 'ready') this.ready.set(name, at)
    else if (state === 'gone') this.gone.set(name, at)
  }
}
