// A cluster with one service, whose replicas are told of by the engine and ask nobody to prove anything.
import { Cluster } from '../../../src/cluster/cluster.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { ContainerEvent } from '../../../src/model/container-event.ts'
import type { ContainerRef, MemberConfig, ServiceConfig } from '../../../src/model/service-config.ts'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'

const service = 'web@docker' as QualifiedName

export interface Wish {
  /** Also its slot. */
  readonly name: string
  readonly health: ContainerRef['health']
  readonly generation?: ContainerRef['generation']
}

export class Replicas implements Disposable {
  readonly #cluster = new Cluster(new Ledger(), () => undefined)
  readonly #settings: Partial<ServiceConfig>

  constructor(settings: Partial<ServiceConfig>) {
    this.#settings = settings
  }

  declare(...wishes: readonly Wish[]): void {
    const members = wishes.map(({ name, health, generation }): MemberConfig => ({
      id: `${name}:80`,
      scheme: 'http',
      host: '127.0.0.1',
      port: 80,
      weight: 1,
      slot: name,
      container: { id: name, name, health, paused: false, generation },
    }))
    const settings = { members, passHostHeader: true, stickyCookie: undefined, ...this.#settings }
    this.#cluster.sync({ ...emptyConfig, services: new Map([[service, settings]]) })
  }

  /** The engine says so. */
  say(kind: 'drain' | 'die', name: string): void {
    this.#cluster.observe({ containerId: name, name, kind, at: 0 })
  }

  health(name: string, health: NonNullable<ContainerEvent['health']>): void {
    this.#cluster.observe({ containerId: name, name, kind: 'health', health, at: 0 })
  }

  takes(): Record<string, string> {
    return Object.fromEntries(this.#cluster.members.map(({ config, row }) => [config.slot, row.admits]))
  }

  reason(name: string): string | undefined {
    return this.#cluster.members.find(({ config }) => config.slot === name)?.reason
  }

  [Symbol.dispose](): void {
    this.#cluster[Symbol.dispose]()
  }
}
