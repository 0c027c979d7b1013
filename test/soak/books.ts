// What became of everything that was asked: counted by kind where it was to be expected, kept in words where it was not.
import type { Outcome } from './traffic/outcome.ts'
import { Disturbance } from './disturbance.ts'
import type { DisturbanceKind } from './disturbance.ts'

/** Who asked, what, and for what it may be mistaken. */
export interface Asked {
  readonly traffic: string
  readonly service: string
  readonly method: string
  readonly id: string
  readonly startedAt: number
}

export interface Finding extends Asked {
  readonly outcome: Outcome
  readonly endedAt: number
}

const findingsKept = 200
const latenciesKept = 200_000

export class Books {
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #disturbances: Disturbance[] = []
  /** By id: whether its answer said that it was carried out. */
  readonly posts = new Map<string, boolean>()
  readonly unexpected: string[] = []
  unexpectedCount = 0
  /** Of small GETs of members that nobody disturbs, in milliseconds: while another hangs, and otherwise. */
  readonly latencies = { quiet: [] as number[], hang: [] as number[] }
  #ids = 0

  newId(): string {
    return `r${++this.#ids}`
  }

  get asked(): number {
    return this.#ids
  }

  get counts(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#counts
  }

  get disturbances(): readonly Disturbance[] {
    return this.#disturbances
  }

  /** From before something is disturbed; `end` it after. */
  disturb(kind: DisturbanceKind, service?: string): Disturbance {
    const disturbance = new Disturbance(kind, service)
    this.#disturbances.push(disturbance)
    return disturbance
  }

  /** What came of a request. Anything but `expected` needs an excuse. */
  settle(asked: Asked, outcome: Outcome, expected: readonly string[]): void {
    const { traffic, method, id } = asked
    if (method === 'POST') this.posts.set(id, outcome.name === '200')
    if (expected.includes(outcome.name)) return this.count(traffic, outcome.name)
    const finding = { ...asked, outcome, endedAt: performance.now() }
    const excuse = this.#disturbances.findLast((disturbance) => disturbance.excuses(finding))
    if (excuse === undefined) return this.report(describe(finding, expected))
    excuse.excused++
    this.count(traffic, `${outcome.name} (${excuse.kind})`)
  }

  count(traffic: string, name: string): void {
    const counts = this.#counts.get(traffic) ?? new Map<string, number>()
    this.#counts.set(traffic, counts.set(name, (counts.get(name) ?? 0) + 1))
  }

  /** Something that must not be. */
  report(what: string): void {
    this.unexpectedCount++
    if (this.unexpected.length < findingsKept) this.unexpected.push(what)
  }

  time(ms: number): void {
    const hangs = this.#disturbances.some(({ kind, over }) => kind === 'hang' && !over)
    const list = this.latencies[hangs ? 'hang' : 'quiet']
    if (list.length < latenciesKept) list.push(ms)
  }
}

function describe({ traffic, method, service, id, outcome, startedAt, endedAt }: Finding, expected: readonly string[]) {
  const ended = `${(endedAt / 1000).toFixed(2)} s, after ${(endedAt - startedAt).toFixed(0)} ms`
  const detail = outcome.detail === '' ? '' : ` (${outcome.detail})`
  return `${traffic}: ${method} ${id} to ${service}: ${outcome.name}${detail} instead of ${expected.join(' or ')}, at ${ended}`
}
