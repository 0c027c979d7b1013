// A service that asks for a cutover: new sessions go to the newest generation that is ready, and to that one alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cluster } from '../../../src/cluster/cluster.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { ContainerEvent } from '../../../src/model/container-event.ts'
import type { ContainerRef, MemberConfig, ServiceConfig } from '../../../src/model/service-config.ts'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'

const service = 'web@docker' as QualifiedName

test('once one of the newer generation is ready, older ones keep their sessions alone', () => {
  using stage = new Stage('cutover')
  stage.declare(old('a'), old('b'), fresh('c', 'starting'), fresh('d', 'starting'))
  assert.deepEqual(stage.takes(), { a: 'everybody', b: 'everybody', c: 'nobody', d: 'nobody' })
  stage.health('c', 'healthy')
  assert.deepEqual(stage.takes(), { a: 'sessions', b: 'sessions', c: 'everybody', d: 'nobody' })
  assert.equal(stage.reason('a'), 'a newer generation is ready: only its sessions')
  stage.health('d', 'healthy')
  assert.deepEqual(stage.takes(), { a: 'sessions', b: 'sessions', c: 'everybody', d: 'everybody' })
})

test('when nobody of the newer generation is ready any more, the one before is back', () => {
  using stage = new Stage('cutover')
  stage.declare(old('a'), fresh('c', 'healthy'))
  assert.deepEqual(stage.takes(), { a: 'sessions', c: 'everybody' })
  stage.health('c', 'unhealthy')
  assert.deepEqual(stage.takes(), { a: 'everybody', c: 'nobody' })
  stage.health('c', 'healthy')
  assert.deepEqual(stage.takes(), { a: 'sessions', c: 'everybody' })
  stage.declare(old('a'))
  assert.deepEqual(stage.takes(), { a: 'everybody' })
})

test('a container from before the label is older than any that has it', () => {
  using stage = new Stage('cutover')
  stage.declare({ name: 'a', health: 'healthy' }, fresh('c', 'healthy'))
  assert.deepEqual(stage.takes(), { a: 'sessions', c: 'everybody' })
})

test('a service that does not ask for it mixes generations', () => {
  using stage = new Stage(undefined)
  stage.declare(old('a'), fresh('c', 'healthy'))
  assert.deepEqual(stage.takes(), { a: 'everybody', c: 'everybody' })
})

interface Wish {
  readonly name: string
  readonly health: ContainerRef['health']
  readonly generation?: ContainerRef['generation']
}

function old(name: string): Wish {
  return { name, health: 'healthy', generation: { id: 'v1', at: 1000 } }
}

function fresh(name: string, health: ContainerRef['health']): Wish {
  return { name, health, generation: { id: 'v2', at: 2000 } }
}

class Stage implements Disposable {
  readonly #cluster = new Cluster(new Ledger(), () => undefined)
  readonly #rollout: ServiceConfig['rollout']

  constructor(rollout: ServiceConfig['rollout']) {
    this.#rollout = rollout
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
    const settings = { members, passHostHeader: true, stickyCookie: undefined, rollout: this.#rollout }
    this.#cluster.sync({ ...emptyConfig, services: new Map([[service, settings]]) })
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
