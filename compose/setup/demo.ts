// `npm run demo`: from a fresh machine to a running cluster to look at. `npm run demo -- down` takes it away again.
import { createServer } from 'node:net'
import { relative, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureComposeV2 } from './compose-tool.ts'
import type { ComposeTool } from './compose-tool.ts'
import { ensureEngine } from './engine.ts'
import { buildImage } from './image.ts'
import { SetupError, attempt, lastLines, run } from './run.ts'
import { say, script, step } from './step.ts'

const file = join(import.meta.dirname, '..', 'demo.yaml')
// Compose's own variable; a test's demo does not meet one that someone is looking at.
const project = process.env['COMPOSE_PROJECT_NAME'] || 'muster-demo'
const readyCeilingMs = 60_000
const httpPort = port('MUSTER_HTTP_PORT', 80)
const apiPort = port('MUSTER_API_PORT', 8080)

await script(async () => {
  const [word, ...rest] = process.argv.slice(2)
  if (rest.length > 0 || (word !== undefined && word !== 'down' && word !== 'up')) {
    throw new SetupError(
      `unknown words "${process.argv.slice(2).join(' ')}"; it is \`npm run demo\` or \`npm run demo -- down\``,
    )
  }
  await (word === 'down' ? down() : up())
})

async function up(): Promise<void> {
  const engine = await ensureEngine()
  const compose = await ensureCompose()
  say(`Docker engine ${engine.version}, Compose ${compose.version}`)
  await buildImage('muster', 'muster')
  if (!(await isUp())) await checkPorts()
  await step('starting the cluster', () => run(...commandOf(compose, ['up', '-d'])))
  await step('waiting for the first answers through the proxy', () => untilAnswering(compose))
  printWhatToTry(compose)
}

async function down(): Promise<void> {
  await ensureEngine()
  const compose = await ensureCompose()
  await step('taking the cluster down', () =>
    run(...commandOf(compose, ['down', '--remove-orphans', '--timeout', '5'])),
  )
}

async function ensureCompose(): Promise<ComposeTool> {
  const compose = await ensureComposeV2()
  if (compose.kind === 'missing') throw new SetupError(compose.reason)
  return compose
}

function commandOf(compose: ComposeTool, args: readonly string[]): [string, string[]] {
  const [program, ...words] = compose.command
  return [program, [...words, '-p', project, '-f', file, ...args]]
}

function port(variable: string, standard: number): number {
  return Number(process.env[variable] || standard)
}

async function isUp(): Promise<boolean> {
  const { stdout } = await attempt('docker', ['ps', '-q', '--filter', `label=com.docker.compose.project=${project}`])
  return stdout.trim() !== ''
}

/** Says which setting helps, before Docker says less clearly that a port is taken. */
async function checkPorts(): Promise<void> {
  for (const [variable, wanted] of [['MUSTER_HTTP_PORT', httpPort] as const, ['MUSTER_API_PORT', apiPort] as const]) {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) {
      throw new SetupError(`${variable} "${process.env[variable]}" is not a port`)
    }
    const code = await whyNotFree(wanted)
    // A port this user may not open may still be free for the engine.
    if (code === undefined || code === 'EACCES') continue
    throw new SetupError(`port ${wanted} is taken (${code}); choose another with ${variable}=… npm run demo`)
  }
}

async function whyNotFree(wanted: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const probe = createServer()
  probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  probe.listen(wanted, () => probe.close(() => resolve(undefined)))
  return promise
}

async function untilAnswering(compose: ComposeTool): Promise<void> {
  const began = performance.now()
  for (const isUp of [() => answers('/'), () => answers('/api/jokes/'), allReady]) {
    while (!(await isUp())) {
      if (performance.now() - began > readyCeilingMs) {
        const logs = await attempt(...commandOf(compose, ['logs', '--no-color', '--tail', '15', 'proxy']))
        throw new SetupError(
          `the cluster does not answer within ${readyCeilingMs / 1000} s; the proxy says:\n${lastLines(logs.output)}`,
        )
      }
      await delay(100)
    }
  }
}

/** Every replica takes requests, so that the first thing to try shows more than one. */
async function allReady(): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${apiPort}/api/muster/members`, {
      signal: AbortSignal.timeout(2000),
    })
    const members = (await response.json()) as { state: string }[]
    return members.every(({ state }) => state === 'ready')
  } catch {
    return false
  }
}

async function answers(path: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

function printWhatToTry(compose: ComposeTool): void {
  const site = `http://localhost${httpPort === 80 ? '' : `:${httpPort}`}`
  const manager = `http://localhost:${apiPort}/balancer-manager`
  const settings = [
    httpPort === 80 ? '' : `MUSTER_HTTP_PORT=${httpPort} `,
    apiPort === 8080 ? '' : `MUSTER_API_PORT=${apiPort} `,
  ]
  const scale = [...compose.command, '-p', project, '-f', relative(process.cwd(), file), 'up', '-d'].join(' ')
  say(`
The cluster is up: ${site}/

Three things to try
  Each answer from the next replica, and a client with a cookie stays where it was:
    curl ${site}/api/jokes/
    curl -c /tmp/jar -b /tmp/jar ${site}/
  More replicas; the proxy is not touched:
    ${settings.join('')}${scale} --scale static=4 --scale dynamic=3
  Watch it live: ${manager}

To take it down: npm run demo -- down`)
}
