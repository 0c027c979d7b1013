// Who may take requests right now: members declared by providers × what the engine says × whether their port accepts.
// Writes the availability flag of the ledger; the data plane sees it in the same instant.
import type { ContainerEvent } from '../model/container-event.ts'
import type { MemberConfig } from '../model/dynamic-config.ts'
import { changesBetween } from '../model/changes.ts'
import { memberKey } from '../model/member-key.ts'
import type { DynamicConfig } from '../model/merge.ts'
import { Multimap } from '../model/multimap.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerRow } from '../ledger/row.ts'
import { ContainerLives } from './container-lives.ts'
import { memberState } from './life-cycle.ts'
import type { MemberState } from './life-cycle.ts'
import { portAccepts } from './readiness.ts'

export interface ClusterMember {
  readonly key: string
  readonly service: QualifiedName
  readonly config: MemberConfig
  readonly state: MemberState
  readonly reason: string
  readonly row: LedgerRow
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

interface Entry {
  member: ClusterMember
  accepting: boolean
  probe: AbortController | undefined
}

export class Cluster {
  readonly #ledger: Ledger
  readonly #onChange: (change: MemberChange) => void
  readonly #entries = new Map<string, Entry>()
  /** The same by container: an event must not cost a look at every member. */
  readonly #byContainer = new Multimap<string, Entry>()
  /** As they were declared last. */
  #services: DynamicConfig['services'] = new Map()
  readonly #lives = new ContainerLives((containerId) => this.#probeAgain(containerId))

  constructor(ledger: Ledger, onChange: (change: MemberChange) => void) {
    this.#ledger = ledger
    this.#onChange = onChange
  }

  /** Every declared member with its state, in the order they were first declared. */
  get members(): readonly ClusterMember[] {
    return [...this.#entries.values()].map((entry) => entry.member)
  }

  /** Brings the members in line with a configuration. Called before its snapshot is compiled, so that rows exist. */
  sync(config: DynamicConfig): void {
    const changes = changesBetween(this.#services, config.services)
    const changed = [...changes].flatMap(([service, settings]) =>
      settings === undefined ? [] : [{ service, settings }],
    )
    this.#lives.sync(changed.flatMap(({ settings }) => settings.members.flatMap(({ container }) => container ?? [])))
    // First the new: a member that only changes its service (a renamed container) need not prove itself again.
    const kept = new Set<string>()
    for (const { service, settings } of changed) {
      const places = settings.members.map(({ id, weight }) => ({ key: memberKey(service, id), weight }))
      settings.members.forEach((member, index) => this.#declare(places[index]?.key ?? '', service, member))
      for (const { key } of places) kept.add(key)
      this.#ledger.arrange(service, places)
    }
    for (const [service, settings] of changes) {
      for (const { id } of this.#services.get(service)?.members ?? []) {
        const key = memberKey(service, id)
        if (!kept.has(key)) this.#remove(key)
      }
      if (settings === undefined) this.#ledger.deleteTurns(service)
    }
    this.#lives.forgetExcept((containerId) => this.#byContainer.has(containerId))
    this.#services = config.services
  }

  /** What the engine says of a container, ahead of the declaration that follows from it. */
  observe(event: ContainerEvent): void {
    const provesAgain = this.#lives.observe(event)
    for (const entry of this.#of(event.containerId)) {
      if (provesAgain) this.#probe(entry)
      else if (this.#lives.of(entry.member.config.container).phase === 'stopped') this.#distrust(entry)
      this.#settle(entry, event.at)
    }
  }

  [Symbol.dispose](): void {
    for (const entry of this.#entries.values()) entry.probe?.abort()
    this.#lives[Symbol.dispose]()
  }

  #declare(key: string, service: QualifiedName, config: MemberConfig): void {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      const moved = known.member.config.host !== config.host || known.member.config.port !== config.port
      known.member = { ...known.member, config }
      if (moved || (!known.accepting && known.probe === undefined)) this.#probe(known)
      this.#settle(known, undefined)
      return
    }
    const row = this.#ledger.row(key)
    const member: ClusterMember = { key, service, config, state: 'down', reason: 'new', row }
    const entry: Entry = { member, accepting: false, probe: undefined }
    if (this.#isProven(config)) entry.accepting = true
    else this.#probe(entry)
    this.#entries.set(key, entry)
    if (config.container !== undefined) this.#byContainer.add(config.container.id, entry)
    this.#settle(entry, undefined, 'new')
  }

  /** The same port of the same container is known to accept, as a member of another service. */
  #isProven({ container, host, port }: MemberConfig): boolean {
    if (container === undefined) return false
    for (const { accepting, member } of this.#of(container.id)) {
      if (accepting && member.config.host === host && member.config.port === port) return true
    }
    return false
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    const { container } = entry.member.config
    if (container !== undefined) this.#byContainer.delete(container.id, entry)
    this.#distrust(entry)
    // The row stays with the requests still in flight; only its name is forgotten.
    entry.member.row.available = false
    this.#ledger.deleteRow(key)
    this.#onChange({ member: entry.member, before: entry.member.state, after: 'gone', at: undefined })
  }

  #probeAgain(containerId: string): void {
    for (const entry of this.#of(containerId)) {
      this.#probe(entry)
      this.#settle(entry, undefined)
    }
  }

  /** Members out of a file are up at once (as Traefik); those of containers once their port accepts. Callers settle. */
  #probe(entry: Entry): void {
    this.#distrust(entry)
    if (entry.member.config.container === undefined) {
      entry.accepting = true
      return
    }
    // Docker's health decides alone: a dial would tell nothing.
    if (entry.member.config.container.health !== 'none') return
    const probe = new AbortController()
    entry.probe = probe
    void this.#awaitPort(entry, probe.signal)
  }

  async #awaitPort(entry: Entry, signal: AbortSignal): Promise<void> {
    const { host, port } = entry.member.config
    if (!(await portAccepts(host, port, signal)) || signal.aborted) return
    entry.accepting = true
    this.#settle(entry, undefined)
  }

  /** What is known of its port no longer holds: the process behind it is gone or about to be another one. */
  #distrust(entry: Entry): void {
    entry.probe?.abort()
    entry.probe = undefined
    entry.accepting = false
  }

  /** Recomputes a member's state; the ledger's flag first, so that nobody is told of a change before it holds. */
  #settle(entry: Entry, at: number | undefined, before: MemberState | 'new' = entry.member.state): void {
    const { config, row } = entry.member
    const { phase, health } = this.#lives.of(config.container)
    const { state, reason } = memberState(phase, health, entry.accepting)
    row.available = state === 'ready'
    if (state === before && reason === entry.member.reason) return
    entry.member = { ...entry.member, state, reason }
    if (state !== before) this.#onChange({ member: entry.member, before, after: state, at })
  }

  #of(containerId: string): Iterable<Entry> {
    return this.#byContainer.get(containerId)
  }
}
