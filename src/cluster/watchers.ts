// What must be looked at again and again: figures and outliers every second, and ten times a second whoever starts slowly or
// is judged by its failures. Reads the ledger; no request has to tell anybody anything.
import { isDeepStrictEqual } from 'node:util'
import type { PassiveHealthCheckConfig } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Entry } from './entry.ts'
import { outliers } from './outliers.ts'
import { FailureWindow } from './passive-check.ts'
import { failuresOf } from './vitals.ts'

const figuresEveryMs = 1000
const lookEveryMs = 100
/** A slow starter's first share; from nothing it would never prove itself. */
const shareMin = 0.05

interface Judged {
  readonly config: PassiveHealthCheckConfig
  readonly window: FailureWindow
  failures: number
}

/** What a member had done when its service's outliers were sought last. */
interface Mark {
  readonly requests: number
  readonly failures: number
}

export class Watchers implements Disposable {
  readonly #entriesOf: (service: QualifiedName) => Iterable<Entry>
  readonly #all: () => Iterable<Entry>
  readonly #figures: NodeJS.Timeout
  #looks: NodeJS.Timeout | undefined
  /** When those began that start slowly. */
  readonly #warming = new Map<Entry, number>()
  readonly #judged = new Map<Entry, Judged>()
  readonly #marks = new WeakMap<Entry, Mark>()
  readonly #soughtAt = new Map<QualifiedName, number>()

  constructor(all: () => Iterable<Entry>, entriesOf: (service: QualifiedName) => Iterable<Entry>) {
    this.#all = all
    this.#entriesOf = entriesOf
    this.#figures = setInterval(() => this.#tick(Date.now()), figuresEveryMs).unref()
  }

  /** Its service's settings may be others now. */
  watch(entry: Entry): void {
    const { passiveHealthCheck } = entry.settings
    if (isDeepStrictEqual(passiveHealthCheck, this.#judged.get(entry)?.config)) return
    if (passiveHealthCheck === undefined) this.#judged.delete(entry)
    else {
      const failures = failuresOf(entry.member.row)
      this.#judged.set(entry, {
        config: passiveHealthCheck,
        window: new FailureWindow(passiveHealthCheck),
        failures,
      })
    }
    this.#arm()
  }

  /** It takes requests from now on: little at first, where its service says so. */
  warm(entry: Entry): void {
    if (entry.balancing.slowStartMs === 0) return
    entry.member.row.share = shareMin
    this.#warming.set(entry, performance.now())
    this.#arm()
  }

  forget(entry: Entry): void {
    this.#warming.delete(entry)
    this.#judged.delete(entry)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#figures)
    clearInterval(this.#looks)
  }

  #arm(): void {
    const needed = this.#warming.size + this.#judged.size > 0
    if (needed) this.#looks ??= setInterval(() => this.#look(), lookEveryMs).unref()
    else {
      clearInterval(this.#looks)
      this.#looks = undefined
    }
  }

  #look(): void {
    const now = performance.now()
    for (const [entry, since] of this.#warming) {
      const { slowStartMs } = entry.balancing
      const share = slowStartMs === 0 ? 1 : (now - since) / slowStartMs
      entry.member.row.share = Math.min(1, Math.max(shareMin, share))
      if (share >= 1) this.#warming.delete(entry)
    }
    for (const [entry, judged] of this.#judged) judge(entry, judged, now)
    this.#arm()
  }

  #tick(nowMs: number): void {
    const services = new Set<QualifiedName>()
    for (const entry of this.#all()) {
      const { member, settings } = entry
      member.vitals.tick(member.row, nowMs)
      if (settings.outlierDetection !== undefined) services.add(member.service)
    }
    for (const service of services) this.#seekOutliers(service, performance.now())
  }

  #seekOutliers(service: QualifiedName, now: number): void {
    const entries = [...this.#entriesOf(service)]
    const config = entries[0]?.settings.outlierDetection
    if (config === undefined || now - (this.#soughtAt.get(service) ?? 0) < config.intervalMs - figuresEveryMs / 2)
      return
    this.#soughtAt.set(service, now)
    const samples = entries.map((entry) => {
      const { key, row, state } = entry.member
      const mark = { requests: row.elected, failures: failuresOf(row) }
      const last = this.#marks.get(entry) ?? mark
      this.#marks.set(entry, mark)
      const requests = mark.requests - last.requests
      return { key, requests, failures: mark.failures - last.failures, out: state !== 'ready', entry }
    })
    const worst = new Set(outliers(samples, config))
    for (const { key, requests, failures, entry } of samples) {
      if (!worst.has(key)) continue
      entry.eject(`failed ${failures} of its last ${requests} requests, more than its fellows`, config.ejectionTimeMs)
    }
  }
}

/** Traefik's passive check. */
function judge(entry: Entry, judged: Judged, now: number): void {
  const failures = failuresOf(entry.member.row)
  const more = failures - judged.failures
  judged.failures = failures
  // What was under way when it left is no reason to keep it out.
  if (entry.member.state !== 'ready' || !judged.window.add(more, now)) return
  judged.window.reset()
  const { failureWindowMs, maxFailedAttempts } = judged.config
  entry.eject(`failed ${maxFailedAttempts} times within ${failureWindowMs / 1000} s`, failureWindowMs)
}
