// What docker-gen does for a proxy that knows nothing of Docker: its configuration is written anew with every event that
// concerns members, and it is told to read it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { writeFile } from 'node:fs/promises'
import { manners, soakLabel } from '../stage.ts'
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
  const events = ['start', 'die', 'stop'].flatMap((event) => ['--filter', `event=${event}`])
  const filters = ['--filter', `label=${soakLabel}=${stage.name}`, ...events]
  const follower = spawn('docker', ['events', ...filters], { stdio: ['ignore', 'pipe', 'ignore'] })
  // One at a time, and one more for all that came meanwhile.
  let pending = 0
  const reload = async (): Promise<void> => {
    if (pending++ > 0) return
    while (pending > 0) {
      pending = 1
      await writeFile(running.file, configure(await addressesOf(stage)))
      process.kill(running.pid, signal)
      pending--
    }
  }
  createInterface({ input: follower.stdout }).on('line', () => {
    reload().catch((error: Error) => task.say?.(`reload: ${error.message}\n`))
  })
  return {
    port: running.port,
    async [Symbol.asyncDispose]() {
      follower.kill()
      await running[Symbol.asyncDispose]()
    },
  }
}

async function addressesOf(stage: Stage): Promise<Addresses> {
  const addresses: Record<Manner, string[]> = { graceful: [], tidy: [], abrupt: [] }
  const ids = (await Promise.all(manners.map((manner) => stage.members(manner)))).flat()
  if (ids.length === 0) return addresses
  const format = `{{index .Config.Labels "com.docker.compose.service"}} {{(index .NetworkSettings.Networks "${stage.network}").IPAddress}}`
  // One that is gone meanwhile fails the command, and the event that says so asks again.
  for (const line of (await stage.docker('inspect', '-f', format, ...ids)).split('\n')) {
    const [service = '', address = ''] = line.split(' ')
    const manner = manners.find((each) => each === service)
    if (manner && address) addresses[manner].push(address)
  }
  return addresses
}
