// Everything a compose file speaks of, at work: the engine with its containers, what answers in them, and Muster in the place
// of the proxy.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileReader, readComposeFiles } from '../../src/cli/compose/read-compose.ts'
import type { ComposeProject, ComposeService } from '../../src/cli/compose/project.ts'
import { startApp } from '../../src/app.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { startFakeEngine } from '../support/fake-engine.ts'
import { eventually } from '../support/eventually.ts'
import { askApi } from './ask.ts'
import { openBackends } from './backends.ts'
import { hostAddress, isProxy, startContainers } from './containers.ts'
import type { Started } from './containers.ts'
import type { Expectations } from './expectations.ts'
import { runIn } from './place.ts'
import { proxySettings } from './proxy-settings.ts'

export interface Stage extends AsyncDisposable {
  readonly settings: Settings
  /** The lines of `/api/muster/problems`. */
  problems(): Promise<readonly string[]>
  accessLines(): Promise<readonly string[]>
}

/** Rejects with a SettingsError when Muster refuses the proxy's options. */
export async function openStage(path: string, expectations: Expectations, net: number): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const engine = stack.use(await startFakeEngine())
  const directory = stack.adopt(await mkdtemp(join(tmpdir(), 'drop-in-')), (made) => rm(made, { recursive: true }))
  const started: Started[] = []
  let proxy: { readonly service: ComposeService; readonly id: string | undefined } | undefined
  for (const project of projectsOf(path, expectations)) {
    const before = started.reduce((sum, { containers }) => sum + containers, 0)
    const containers = startContainers(project, { engine, net, expectations, before })
    started.push(containers)
    const service = project.services.find(isProxy)
    if (service !== undefined) proxy ??= { service, id: containers.ids.get(service.name) }
  }
  if (proxy === undefined) throw new Error('no service is a proxy')
  const accessLog = join(directory, 'access.log')
  const settings = await proxySettings(proxy.service, { endpoint: engine.endpoint, net, accessLog })

  const listeners = started.flatMap((one) => one.listeners)
  stack.use(await openBackends(listeners))
  const knowsHost = expectations.knowsHost === true
  stack.use(runIn({ containerId: proxy.id, hostAddress: knowsHost ? hostAddress(net) : undefined }))
  const updated = Promise.withResolvers<void>()
  const quiet = (): void => undefined
  const log = {
    error: quiet,
    warn: quiet,
    debug: quiet,
    info: (_: object, message: string) => void (message === 'configuration updated' && updated.resolve()),
  }
  stack.use(await startApp(settings, log))
  await updated.promise
  const api = apiOf(settings)
  await untilReady(
    api,
    listeners.map(({ host, port }) => `${host}:${port}`),
  )
  const stage = stack.move()
  return {
    settings,
    problems: async () => (await askApi<{ readonly text: string }>(`${api}/problems`)).map(({ text }) => text),
    accessLines: () => eventually(() => linesOf(accessLog), 2000),
    [Symbol.asyncDispose]: () => stage.disposeAsync(),
  }
}

function projectsOf(
  path: string,
  { env = {}, profiles = [], override = [], projects = [] }: Expectations,
): ComposeProject[] {
  const beside = (other: string): string => resolve(dirname(path), other)
  const read = (files: readonly string[]): ComposeProject => {
    const project = readComposeFiles(files, { readFile: fileReader, env, profiles })
    const wrong = project.problems.filter(({ severity }) => severity !== 'warning')
    if (wrong.length > 0) throw new Error(`the compose file itself is wrong: ${JSON.stringify(wrong)}`)
    return project
  }
  return [read([path, ...override.map(beside)]), ...projects.map((other) => read([beside(other)]))]
}

function apiOf({ entryPoints, api }: Settings): string {
  const { host = '', port = 0 } = entryPoints.get('traefik') ?? {}
  return `http://${host}:${port}${api.basePath}/api/muster`
}

/** Until nobody who listens waits for the first look at its port. */
async function untilReady(api: string, listening: readonly string[]): Promise<void> {
  await eventually(async () => {
    const members = await askApi<{ readonly url: string; readonly state: string; readonly reason?: string }>(
      `${api}/members`,
    )
    const waiting = members.filter(
      ({ url, state, reason }) =>
        state === 'starting' && !/health/.test(reason ?? '') && listening.includes(new URL(url).host),
    )
    if (waiting.length > 0) throw new Error(`never ready: ${JSON.stringify(waiting)}`)
  }, 2000)
}

async function linesOf(path: string): Promise<readonly string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  if (lines.length === 0) throw new Error('nothing is in the access log')
  return lines
}
