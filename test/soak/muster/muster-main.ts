// Muster as `main.ts` runs it, with one thing more: its parent may ask what its threads hold on to, and end one of them.
import { once } from 'node:events'
import { BroadcastChannel } from 'node:worker_threads'
import type { Worker } from 'node:worker_threads'
import { startApp } from '../../../src/app.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { channelName } from './thread-probe.ts'
import type { ProbeMessage, ThreadLook } from './thread-probe.ts'

export type Order =
  | { readonly kind: 'look' }
  /** `turn` says which, as they come round. */
  | { readonly kind: 'end-thread'; readonly turn: number }
  | { readonly kind: 'stop' }

export type Word =
  | { readonly kind: 'listening'; readonly ports: Readonly<Record<string, number>> }
  | { readonly kind: 'seen'; readonly looks: readonly ThreadLook[] }
  /** The thread is gone. */
  | { readonly kind: 'ended' }
  /** Another has taken its place, and listens. */
  | { readonly kind: 'replaced'; readonly afterMs: number }

const workers: Worker[] = []
process.on('worker', (worker) => {
  workers.push(worker)
  worker.once('exit', () => workers.splice(workers.indexOf(worker), 1))
})

const settings = parseFlags(process.argv.slice(2))
const stop = Promise.withResolvers<void>()
process.on('message', (order: Order) => void obey(order))
process.on('disconnect', stop.resolve)
process.on('SIGINT', () => undefined)
const app = await startApp(settings, createLogger(settings.log))
tell({ kind: 'listening', ports: Object.fromEntries(app.ports) })
await stop.promise
await app[Symbol.asyncDispose]()
process.removeListener('disconnect', stop.resolve)
if (process.connected) process.disconnect()

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'look':
      return tell({ kind: 'seen', looks: await look() })
    case 'end-thread':
      return endThread(order.turn)
    case 'stop':
      return stop.resolve()
  }
}

async function look(): Promise<readonly ThreadLook[]> {
  const looks: ThreadLook[] = []
  const channel = new BroadcastChannel(channelName)
  const all = new Promise<void>((resolve) => {
    channel.onmessage = ({ data }) => {
      const message = data as ProbeMessage
      if (message.kind === 'seen') looks.push(message.look)
      if (looks.length === workers.length + 1) resolve()
    }
  })
  channel.postMessage({ kind: 'look' } satisfies ProbeMessage)
  await all
  channel.close()
  return looks.sort((a, b) => a.thread - b.thread)
}

async function endThread(turn: number): Promise<void> {
  const began = performance.now()
  const worker = workers[turn % workers.length]
  const born = once(process, 'worker') as Promise<[Worker]>
  await worker?.terminate()
  tell({ kind: 'ended' })
  const [successor] = await born
  for (;;) {
    const [message] = (await once(successor, 'message')) as [{ readonly kind: string }]
    if (message.kind === 'listening') break
  }
  tell({ kind: 'replaced', afterMs: performance.now() - began })
}

function tell(word: Word): void {
  process.send?.(word)
}
