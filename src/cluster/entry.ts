// One member as the cluster keeps it: what is declared of it, what was found out, and what follows. It writes the member's
// flags in the ledger; the data plane sees them in the same instant.
import { isDeepStrictEqual } from 'node:util'
import { balancingDefaults, drainDefaults, memberDefaults } from '../model/service-config.ts'
import type { MemberConfig, ServiceConfig } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { LedgerRow } from '../ledger/row.ts'
import { availability } from './availability.ts'
import type { Availability, Connections, Facts, MemberState } from './availability.ts'
import { startCheck } from './checks/member-check.ts'
import type { Verdict } from './checks/member-check.ts'
import type { ContainerLives } from './container-lives.ts'
import type { Life } from './life-cycle.ts'
import { answersWell, portAccepts } from './readiness.ts'
import { beginDrain, dismissed, ended, reprieve } from './timed.ts'
import type { Drain, Reprieve } from './timed.ts'
import { Vitals } from './vitals.ts'

export interface ClusterMember {
  readonly key: string
  readonly service: QualifiedName
  readonly config: MemberConfig
  readonly state: MemberState
  readonly reason: string
  /** When it came to that state, milliseconds since the epoch. */
  readonly since: number
  /** What becomes of the connections to it. */
  readonly connections: Connections
  readonly row: LedgerRow
  readonly vitals: Vitals
}

/** A change worth a log line. */
export interface MemberChange {
  readonly member: ClusterMember
  readonly before: MemberState | 'new'
  /** `gone` when the member is no longer declared. */
  readonly after: MemberState | 'gone'
  /** When the engine says the cause happened, milliseconds since the epoch; undefined for probes and declarations. */
  readonly at: number | undefined
}

export interface EntryOwner {
  readonly lives: Pick<ContainerLives, 'of'>
  readonly onChange: (change: MemberChange) => void
  /** It takes requests from now on. */
  readonly onReady: (entry: Entry) => void
}

/** What is needed of a service to keep its members. */
export type Settings = Omit<ServiceConfig, 'members'>

export class Entry implements Disposable {
  member: ClusterMember
  settings: Settings
  readonly #owner: EntryOwner
  #superseded = false
  #foreseen = false
  #accepting = false
  /** It was not at its address: whoever answers there now has to prove that it is. */
  #severed = false
  #probe: AbortController | undefined
  #check: Disposable | undefined
  #verdict: Verdict | undefined
  #failure: Reprieve | undefined
  #ejection: Reprieve | undefined
  /** While it is being stopped. */
  #drain: Drain | undefined

  constructor(
    member: Pick<ClusterMember, 'key' | 'service' | 'config' | 'row'>,
    settings: Settings,
    owner: EntryOwner,
  ) {
    const unknown = { state: 'down', reason: 'new', since: Date.now(), connections: 'rest' } as const
    this.member = { ...member, ...unknown, vitals: new Vitals() }
    this.settings = settings
    this.#owner = owner
  }

  get accepting(): boolean {
    return this.#accepting
  }

  get balancing(): NonNullable<Settings['balancing']> {
    return this.settings.balancing ?? balancingDefaults
  }

  get #draining(): NonNullable<Settings['draining']> {
    return this.settings.draining ?? drainDefaults
  }

  /** Docker's health decides alone, where nobody asks for more and it is known where it is: a dial would tell nothing. */
  get #proof(): Facts['proof'] {
    const { container } = this.member.config
    if (container !== undefined && this.settings.readinessPath !== undefined) return 'readiness'
    return this.#severed || this.#owner.lives.of(container).health === 'none' ? 'port' : undefined
  }

  get #status(): string {
    return (this.member.config.parameters ?? memberDefaults).status
  }

  /** For the first time. `proven`: its port is known to accept. */
  begin(proven: boolean): void {
    if (proven) this.#accepting = true
    if (!proven || this.settings.healthCheck !== undefined) this.prove()
    this.settle(undefined, 'new')
  }

  /** It is declared anew; what was found out of it stays while it is found at the same place. */
  declare(config: MemberConfig, settings: Settings): void {
    const before = this.member.config
    const { healthCheck: checked, readinessPath: asked } = this.settings
    const wasStopped = this.#status.includes('S')
    this.member = { ...this.member, config }
    this.settings = settings
    const moved = before.host !== config.host || before.port !== config.port || before.scheme !== config.scheme
    const probed = this.#probe !== undefined && asked === settings.readinessPath
    const unproven = !this.#accepting && !probed && this.#proof !== undefined
    if (moved || unproven) this.prove()
    // Whoever changes anything else of a service declares its check anew, as it was.
    else if (!isDeepStrictEqual(checked, settings.healthCheck) || wasStopped !== this.#status.includes('S'))
      this.#checkAnew()
    this.settle(undefined)
  }

  /** Members out of a file are up at once (as Traefik); those of containers once their port accepts. Callers settle. */
  prove(): void {
    this.distrust()
    this.#checkAnew()
    const { container } = this.member.config
    if (container === undefined) this.#accepting = true
    else if (this.#proof !== undefined) {
      this.#probe = new AbortController()
      void this.#awaitProof(this.#probe.signal)
    }
  }

  /** What is known of it no longer holds: the process behind it is gone or about to be another one. */
  distrust(): void {
    this.#probe?.abort()
    this.#probe = undefined
    this.#accepting = false
    this.#check?.[Symbol.dispose]()
    this.#check = undefined
    this.#verdict = undefined
    this.#ejection = dismissed(this.#ejection)
    this.#failure = dismissed(this.#failure)
    this.member.row.failing = false
  }

  /** A thread could not reach it, and passes it over already; it is given another chance after its `retry`. */
  fail(reason: string): void {
    // Another thread may have reached it since, and said so before.
    if (!this.member.row.failing || this.#failure !== undefined) return
    const retryMs = (this.member.config.parameters ?? memberDefaults).retryMs ?? this.balancing.retryMs
    this.#failure = reprieve(reason, retryMs, () => this.recover())
    this.settle(undefined)
  }

  recover(): void {
    this.member.row.failing = false
    this.#failure = dismissed(this.#failure)
    this.settle(undefined)
  }

  /** Takes it out for a while: what it answers says that it had better not be asked. */
  eject(reason: string, forMs: number): void {
    if (this.#ejection !== undefined) return
    this.#ejection = reprieve(reason, forMs, () => {
      this.#ejection = undefined
      this.settle(undefined)
    })
    this.settle(undefined)
  }

  /** It would take everybody, were there no newer generation. */
  get wouldServe(): boolean {
    const { state } = this.#availability(this.#owner.lives.of(this.member.config.container), false)
    return state === 'ready'
  }

  /** When its stop began, by performance.now(); -Infinity while it is not being stopped. */
  get leavingSince(): number {
    return this.#drain?.since ?? Number.NEGATIVE_INFINITY
  }

  get superseded(): boolean {
    return this.#superseded
  }

  /** A scale-down has begun that is likely to take it as well; or not any more. */
  foresee(foreseen: boolean): void {
    if (foreseen === this.#foreseen) return
    this.#foreseen = foreseen
    this.settle(undefined)
  }

  /** A newer generation of its service is ready, and takes over; or not any more. */
  supersede(superseded: boolean): void {
    if (superseded === this.#superseded) return
    this.#superseded = superseded
    this.settle(undefined)
  }

  /** Recomputes its state; the ledger's flags first, so that nobody is told of a change before it holds. */
  settle(at: number | undefined, before: MemberState | 'new' = this.member.state): void {
    const life = this.#owner.lives.of(this.member.config.container)
    if (life.phase !== 'draining') this.#drain = ended(this.#drain)
    else this.#drain ??= beginDrain(this.#draining.timeoutMs, () => this.settle(undefined))
    const { state, reason, admits, connections } = this.#availability(life)
    if (connections === 'cut') this.#severed = true
    if (state === 'ready' && before !== 'ready') this.#owner.onReady(this)
    this.member.row.admits = admits
    this.member.row.coming = state === 'starting'
    const told = state !== before || connections !== this.member.connections
    if (!told && reason === this.member.reason) return
    const since = state === before ? this.member.since : Date.now()
    this.member = { ...this.member, state, reason, since, connections }
    if (told) this.#owner.onChange({ member: this.member, before, after: state, at })
  }

  #availability(life: Life, superseded = this.#superseded): Availability {
    const { container } = this.member.config
    return availability({
      phase: life.phase,
      health: life.health,
      left: container?.network !== undefined && life.left.has(container.network),
      wait: life.wait,
      proof: this.#proof,
      accepting: this.#accepting,
      keepsSessions: this.#draining.keepsSessions,
      overdue: this.#drain?.over === true,
      superseded,
      foreseen: this.#foreseen,
      status: this.#status,
      check: this.#check === undefined ? 'none' : (this.#verdict ?? 'unknown'),
      ejected: this.#ejection?.reason,
      failure: this.#failure?.reason,
    })
  }

  [Symbol.dispose](): void {
    this.distrust()
    this.#drain = ended(this.#drain)
    // The row stays with the requests still in flight; only its name is forgotten.
    this.member.row.admits = 'nobody'
    this.member.row.coming = false
  }

  #checkAnew(): void {
    this.#check?.[Symbol.dispose]()
    this.#check = undefined
    this.#verdict = undefined
    const { healthCheck } = this.settings
    // Apache's S stops the checks as well.
    if (healthCheck === undefined || this.#status.includes('S')) return
    this.#check = startCheck(this.member.config, healthCheck, (verdict) => {
      this.#verdict = verdict
      this.settle(undefined)
    })
  }

  async #awaitProof(signal: AbortSignal): Promise<void> {
    const { readinessPath } = this.settings
    const { config } = this.member
    const proven = await (readinessPath === undefined
      ? portAccepts(config.host, config.port, signal)
      : answersWell(config, readinessPath, signal))
    if (!proven || signal.aborted) return
    this.#accepting = true
    this.#severed = false
    this.settle(undefined)
  }
}
