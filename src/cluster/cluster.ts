// Who may take requests right now: members declared by providers × what the engine says × what was found out of them.
import { setTimeout as delay } from 'node:timers/promises'
import type { ContainerEvent } from '../model/container-event.ts'
import type { MemberConfig, ServiceConfig } from '../model/service-config.ts'
import { changesBetween } from '../model/changes.ts'
import { memberKey } from '../model/member-key.ts'
import type { DynamicConfig } from '../model/merge.ts'
import { Multimap } from '../model/multimap.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { ContainerLives } from './container-lives.ts'
import { Drains, drainLookMs } from './drains.ts'
import { Entry } from './entry.ts'
import { cutOver } from './generations.ts'
import type { ClusterMember, EntryOwner, MemberChange } from './entry.ts'
import { levelTraffic } from './level-traffic.ts'
import { ScaleDowns } from './scale-down.ts'
import { Watchers } from './watchers.ts'

export class Cluster {
  readonly #ledger: Ledger
  readonly #entries = new Map<string, Entry>()
  /** The same by container: an event must not cost a look at every member. */
  readonly #byContainer = new Multimap<string, Entry>()
  readonly #byService = new Multimap<QualifiedName, Entry>()
  /** As they were declared last. */
  #services: DynamicConfig['services'] = new Map()
  readonly #drains = new Drains()
  readonly #lives = new ContainerLives((containerId, provesAgain) => this.#lookAgain(containerId, provesAgain))
  readonly #scaleDowns = new ScaleDowns((service) => this.#byService.get(service))
  readonly #watchers = new Watchers(
    () => this.#entries.values(),
    (service) => this.#byService.get(service),
  )
  readonly #owner: EntryOwner

  constructor(ledger: Ledger, onChange: (change: MemberChange) => void) {
    this.#ledger = ledger
    this.#owner = {
      lives: this.#lives,
      onChange: (change) => {
        onChange(change)
        this.#compare(change.member.service)
      },
      onReady: (entry) => this.#welcome(entry),
    }
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
      settings.members.forEach((member, index) => this.#declare(places[index]?.key ?? '', service, member, settings))
      for (const { key } of places) kept.add(key)
      this.#ledger.arrange(service, places)
    }
    for (const [service, settings] of changes) {
      for (const { id } of this.#services.get(service)?.members ?? []) {
        const key = memberKey(service, id)
        if (!kept.has(key)) this.#remove(key)
      }
      if (settings === undefined) this.#ledger.deleteService(service)
    }
    // What is still declared of a network that was left was looked at since.
    for (const containerId of this.#lives.confirm()) this.#lookAgain(containerId, true)
    for (const { service } of changed) this.#compare(service)
    this.#lives.forgetExcept((containerId) => this.#byContainer.has(containerId))
    this.#services = config.services
  }

  /**
   * Takes a container's members out of rotation ahead of a stop the engine has not heard of yet; true when they carry no
   * requests any more, false when it has none. Without a `die` they come back by themselves, some time after `limitMs`.
   * @param signal aborts when the stop will not come after all
   */
  async drain(containerId: string, limitMs: number, signal: AbortSignal): Promise<boolean> {
    const entries = [...this.#byContainer.get(containerId)]
    if (entries.length === 0 || signal.aborted) return false
    const phase = this.#lives.phaseOf(containerId)
    // Of one that is paused or stopping already, the engine has spoken: nothing to begin here, and nothing to take back.
    if (phase === 'running' || this.#drains.has(containerId)) {
      this.#drains.begin(containerId)
      signal.addEventListener('abort', () => this.#takeBack(containerId), { once: true })
      this.#apply({ kind: 'drain', containerId, name: '', stopTimeoutMs: limitMs, at: Date.now() })
    }
    const isOut = () => !signal.aborted && !['running', 'stopped'].includes(this.#lives.phaseOf(containerId))
    do await delay(drainLookMs)
    while (isOut() && entries.some(({ member }) => member.row.busy > 0))
    return true
  }

  /** What the engine says of a container, ahead of the declaration that follows from it. */
  observe(event: ContainerEvent): void {
    if (event.kind !== 'health') this.#drains.forget(event.containerId)
    this.#apply(event)
  }

  #apply(event: ContainerEvent): void {
    const provesAgain = this.#lives.observe(event)
    for (const entry of this.#byContainer.get(event.containerId)) {
      if (provesAgain) entry.prove()
      entry.settle(event.at)
      if (entry.member.connections === 'cut') entry.distrust()
    }
  }

  /** What a data-plane thread learned of a member; `failure` undefined: it answers again. */
  hear({ memberKey: key, failure }: { readonly memberKey: string; readonly failure: string | undefined }): void {
    const entry = this.#entries.get(key)
    if (failure === undefined) entry?.recover()
    else entry?.fail(failure)
  }

  [Symbol.dispose](): void {
    this.#watchers[Symbol.dispose]()
    this.#scaleDowns[Symbol.dispose]()
    for (const entry of this.#entries.values()) entry[Symbol.dispose]()
    this.#lives[Symbol.dispose]()
  }

  #declare(key: string, service: QualifiedName, config: MemberConfig, settings: ServiceConfig): void {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.declare(config, settings)
      this.#watchers.watch(known)
      return
    }
    const entry = new Entry({ key, service, config, row: this.#ledger.row(key) }, settings, this.#owner)
    const proven = this.#isProven(config, settings)
    this.#entries.set(key, entry)
    this.#byService.add(service, entry)
    if (config.container !== undefined) this.#byContainer.add(config.container.id, entry)
    entry.begin(proven)
    this.#watchers.watch(entry)
  }

  /** The same port of the same container is known to accept, as a member of another service. */
  #isProven({ container, host, port }: MemberConfig, { readinessPath }: ServiceConfig): boolean {
    if (container === undefined) return false
    for (const { accepting, member, settings } of this.#byContainer.get(container.id)) {
      if (settings.readinessPath !== readinessPath) continue
      if (accepting && member.config.host === host && member.config.port === port) return true
    }
    return false
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    const { member } = entry
    const { container } = member.config
    this.#entries.delete(key)
    this.#byService.delete(member.service, entry)
    if (container !== undefined) this.#byContainer.delete(container.id, entry)
    this.#watchers.forget(entry)
    entry[Symbol.dispose]()
    this.#ledger.deleteRow(key)
    this.#owner.onChange({ member, before: member.state, after: 'gone', at: undefined })
  }

  /** What the others of its service make of a member. */
  #compare(service: QualifiedName): void {
    cutOver(this.#byService.get(service))
    this.#scaleDowns.look(service)
  }

  #takeBack(containerId: string): void {
    if (!this.#drains.takeBack(containerId) || !this.#lives.takeBack(containerId)) return
    for (const entry of this.#byContainer.get(containerId)) entry.settle(undefined)
  }

  #lookAgain(containerId: string, provesAgain: boolean): void {
    this.#drains.forget(containerId)
    for (const entry of this.#byContainer.get(containerId)) {
      if (provesAgain) entry.prove()
      entry.settle(undefined)
    }
  }

  /** Before it takes its first request. */
  #welcome(entry: Entry): void {
    this.#lives.becameReady(entry.member.config.container)
    levelTraffic(entry, this.#byService.get(entry.member.service))
    this.#watchers.warm(entry)
  }
}
