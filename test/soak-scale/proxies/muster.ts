// Muster: in its image as a user runs it, or from this checkout.
import { join } from 'node:path'
import { buildImage } from '../../../compose/setup/image.ts'
import { SettingsError } from '../../../src/settings/settings-error.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { node, startArguments } from '../../bench/peers/muster.ts'
import { Program, freePort } from '../../bench/program.ts'
import { soakLabel } from '../stage.ts'
import { isListening } from './listening.ts'
import type { Proxy, RunningProxy, Task } from './proxy.ts'

const image = 'muster-soak-scale'
const engineSocket = '/var/run/docker.sock'

export const muster: Proxy = {
  name: 'muster',
  async start(task) {
    const { stage, say } = task
    await buildImage('muster', image)
    const port = await freePort()
    const shared = join(stage.directory, 'run')
    const socket = hasSocket() ? ['--dockersocket.listen=unix:///run/soak/docker.sock'] : []
    const mounts = ['-v', `${engineSocket}:${engineSocket}`, '-v', `${shared}:/run/soak`]
    const words = [image, '--entrypoints.http.address=:80', ...flags(task), ...socket]
    const id = await stage.container('-p', `127.0.0.1:${port}:80`, ...mounts, ...words)
    const log = new Program({ command: 'docker', args: ['logs', '-f', id] })
    if (say) log.onOutput(say)
    await log.untilReady(() => isListening(port))
    return {
      port,
      ...(hasSocket() && { dockerHost: `unix://${join(shared, 'docker.sock')}` }),
      async [Symbol.asyncDispose]() {
        await stage.docker('rm', '-f', '-v', id)
        await log[Symbol.asyncDispose]()
      },
    }
  },
}

export const musterFromCheckout: Proxy = {
  name: 'muster',
  start: (task) => startFromCheckout({ engine: task.engine, say: task.say, words: flags(task) }),
}

export interface CheckoutOptions extends Pick<Task, 'engine' | 'say'> {
  readonly words: readonly string[]
  /** Added to what `npm start` gives to node, and to the environment. */
  readonly node?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export async function startFromCheckout(
  options: CheckoutOptions,
): Promise<RunningProxy & { readonly program: Program }> {
  const { engine, say, words, node: nodeArguments = [], env = {} } = options
  const port = await freePort()
  const own = [`--entrypoints.http.address=127.0.0.1:${port}`, '--threads=2', `--providers.docker.endpoint=${engine}`]
  const args = [...nodeArguments, ...startArguments(), ...own, ...words]
  const program = new Program({ command: node, args, env })
  if (say) program.onOutput(say)
  await program.untilReady(() => isListening(port))
  return { port, program, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() }
}

/** Of this stage's containers it takes care, and of no other. */
function flags({ stage, say, words = [] }: Task): string[] {
  const constraint = `Label(\`${soakLabel}\`, \`${stage.name}\`)`
  // With the header that tells requests apart.
  const log = ['--log.level=debug', '--accesslog.format=json', '--accesslog.fields.headers.names.x-soak-id=keep']
  return ['--providers.docker', `--providers.docker.constraints=${constraint}`, ...(say ? log : []), ...words]
}

/** Whether this checkout has the Docker API socket already. */
function hasSocket(): boolean {
  try {
    parseFlags(['--dockersocket.listen=unix:///run/soak/docker.sock'])
    return true
  } catch (error) {
    if (error instanceof SettingsError) return false
    throw error
  }
}
