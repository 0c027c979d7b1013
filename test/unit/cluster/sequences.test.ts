// What a real engine (20.10.24) said while commands ran, recorded by `docker events --format '{{json .}}'`, through the
// provider's mapping to a member's states, step by step.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { ContainerRef } from '../../../src/model/service-config.ts'
import { readEvent } from '../../../src/provider/docker/engine-event.ts'
import { effectOf } from '../../../src/provider/docker/event-effect.ts'
import { newsOf } from '../../../src/provider/docker/news.ts'
import { container } from '../provider/docker/containers.ts'
import { config, listen, startCluster } from './one-member.ts'

const directory = new URL('sequences/', import.meta.url)

interface Sequence {
  readonly network?: string
  readonly stopSignal?: number
  readonly health?: ContainerRef['health']
  /** Action → the member's state right after it. */
  readonly steps: readonly string[]
}

const sequences: Readonly<Record<string, Sequence>> = {
  stop: { steps: ['kill 15 → draining', 'die → down', 'disconnect → down', 'stop → down'] },
  'stop-ignored': {
    steps: ['kill 15 → draining', 'kill 9 → draining', 'die → down', 'disconnect → down', 'stop → down'],
  },
  kill: { steps: ['kill 9 → draining', 'die → down', 'disconnect → down'] },
  'kill-hup': { steps: ['kill 1 → ready'] },
  restart: {
    steps: [
      'kill 15 → draining',
      'die → down',
      'disconnect → down',
      'stop → down',
      'connect → down',
      'start → starting',
      'restart → starting',
    ],
  },
  'pause-unpause': { steps: ['pause → paused', 'unpause → starting'] },
  'stop-while-paused': {
    steps: [
      'pause → paused',
      'kill 15 → draining',
      'unpause → draining',
      'die → down',
      'disconnect → down',
      'stop → down',
    ],
  },
  'network-disconnect-connect': {
    network: 'life-seq-net',
    steps: ['disconnect → down', 'disconnect → down', 'connect → down'],
  },
  rename: { steps: ['rename → ready', 'rename → ready'] },
  'exits-by-itself': { steps: ['die → down', 'disconnect → down'] },
  'crash-restart-always': {
    steps: [
      'die → down',
      'disconnect → down',
      'connect → down',
      'start → starting',
      'die → down',
      'disconnect → down',
      'connect → down',
      'start → starting',
    ],
  },
  oom: { steps: ['oom → ready', 'die → down', 'disconnect → down'] },
  healthcheck: {
    health: 'starting',
    steps: ['health_status: healthy → ready', 'health_status: unhealthy → down', 'health_status: healthy → ready'],
  },
  'remove-running': { steps: ['kill 9 → draining', 'die → down', 'disconnect → down', 'destroy → down'] },
  'stop-signal-quit': {
    stopSignal: 3,
    steps: ['kill 15 → ready', 'kill 3 → draining', 'die → down', 'disconnect → down', 'stop → down'],
  },
}

describe('recorded sequences', () => {
  test('are all told of here', () => {
    const recorded = readdirSync(directory).map((name) => name.replace('.jsonl', ''))
    assert.deepEqual(recorded.sort(), Object.keys(sequences).sort())
  })

  for (const [name, sequence] of Object.entries(sequences)) {
    test(name, async () => {
      assert.deepEqual(await replay(name, sequence), sequence.steps)
    })

    test(`${name}, every event twice: the same states`, async () => {
      assert.deepEqual(
        await replay(name, sequence, 2),
        sequence.steps.flatMap((step) => [step, step]),
      )
    })
  }
})

async function replay(
  name: string,
  { network = 'bridge', stopSignal = 15, health = 'none' }: Sequence,
  times = 1,
): Promise<readonly string[]> {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port, network, health }))
  if (health === 'none') await cluster.reaches('ready')
  const networks = new Map([[network, { ipv4: '10.0.0.1', ipv6: '' }]])
  let known: ReturnType<typeof effectOf>['container'] = container(name, { networks, stopSignal, running: true })
  const lines = readFileSync(new URL(`${name}.jsonl`, directory), 'utf8')
    .trim()
    .split('\n')
  return lines.flatMap((line) =>
    Array.from({ length: times }, () => {
      const json = JSON.parse(line)
      const event = readEvent(json)
      if (event !== undefined) {
        const news = newsOf(event, known)
        known = effectOf(event, known).container
        if (event.kind === 'start') known = container(name, { networks, stopSignal, running: true })
        if (news !== undefined) cluster.observe({ ...news, containerId: 'c1' })
      }
      const { signal } = json.Actor.Attributes
      const what = signal === undefined ? json.Action : `${json.Action} ${signal}`
      return `${what} → ${cluster.state()}`
    }),
  )
}
