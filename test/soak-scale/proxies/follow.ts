// What docker-gen does for a proxy that knows nothing of Docker: its configuration is written anew with every event that
// concerns members, and it is told to read it.
import { writeFile } from 'node:fs/promises'
import { followEvents } from '../engine-events.ts'
import { manners } from '../stage.ts'
import type { Manner, Stage } from '../stage.ts'
import { startInContainer } from './in-container.ts'
import type { ProgramInContainer } from './in-container.ts'
import type { RunningProxy, Task } from './proxy.ts'

/** The addresses of each service's running members. */
export type Addresses = Readonly<Record<Manner, readonly string[]>>

interface Followed extends Omit<ProgramInContainer, 'configuration'> {
  readonly configure: (addresses: Addresses) => string
  /** That makes the program read its configuration again, gracefully. */
  readonly signal: NodeJS.Signals
}

export async function startFollowed(task: Task, { configure, signal, ...what }: Followed): Promise<RunningProxy> {
  const { stage } = task
  const running = await startInContainer(task, { ...what, configuration: configure(await addressesOf(stage)) })
  const ending = new AbortController()
  let stale = false
  let busy = false
  // One at a time, and one more for all that came meanwhile.
  const reload = async (): Promise<void> => {
    stale = true
    if (busy) return
    busy = true
    while (stale && !ending.signal.aborted) {
      stale = false
      // A container that is gone by the time it is looked at fails the look.
      const addresses = await addressesOf(stage).catch(() => undefined)
      if (addresses === undefined) stale = true
      else {
        await writeFile(running.file, configure(addresses))
        process.kill(running.pid, signal)
      }
    }
    busy = false
  }
  const events = ['start', 'die', 'stop'].flatMap((event) => ['--filter', `event=${event}`])
  const following = followEvents(stage, events, () => {
    reload().catch((error: Error) => task.say?.(`reload: ${error.message}\n`))
  })
  return {
    port: running.port,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await following[Symbol.asyncDispose]()
      await running[Symbol.asyncDispose]()
    },
  }
}

async function addressesOf(stage: Stage): Promise<Addresses> {
  const addresses: Record<Manner, string[]> = { graceful: [], tidy: [], abrupt: [] }
  const ids = (await Promise.all(manners.map((manner) => stage.members(manner)))).flat()
  if (ids.length === 0) return addresses
  const format = `{{index .Config.Labels "com.docker.compose.service"}} {{(index .NetworkSettings.Networks "${stage.network}").IPAddress}}`
  for (const line of (await stage.docker('inspect', '-f', format, ...ids)).split('\n')) {
    const [service = '', address = ''] = line.split(' ')
    const manner = manners.find((each) => each === service)
    if (manner && address) addresses[manner].push(address)
  }
  return addresses
}
