// The options of a file's proxy service as Muster's own, but for what a test cannot have: the host's ports, the engine's socket,
// threads, and paths inside the container.
import { dirname } from 'node:path'
import { fileReader } from '../../src/cli/compose/read-compose.ts'
import type { ComposeService } from '../../src/cli/compose/project.ts'
import { parseSettings } from '../../src/settings/parse-settings.ts'
import type { EntryPointSettings, FileSettings, Settings } from '../../src/settings/settings.ts'

export interface Surroundings {
  /** The engine's socket. */
  readonly endpoint: string
  /** Entrypoints listen on addresses that begin with `127.N.`. */
  readonly net: number
  readonly accessLog: string
}

/** Rejects as Muster does when it does not start. */
export async function proxySettings(proxy: ComposeService, surroundings: Surroundings): Promise<Settings> {
  const words = (proxy.command ?? []).map(({ text }) => text)
  const argv = words[0] === 'traefik' || words[0] === 'muster' ? words.slice(1) : words
  const readFile = (path: string): string | undefined => fileReader(hostPath(path, proxy) ?? '')
  const { settings } = await parseSettings({ argv, env: Object.fromEntries(proxy.environment), readFile })
  const { docker, file } = settings.providers
  return {
    ...settings,
    entryPoints: moved(settings.entryPoints, surroundings.net),
    providers: {
      docker: docker && { ...docker, endpoint: surroundings.endpoint },
      file: file && onHost(file, proxy),
    },
    // The problems are read there.
    api: { ...settings.api, enabled: true, insecure: true },
    accessLog: settings.accessLog && { ...settings.accessLog, filePath: surroundings.accessLog },
    threads: 0,
    // What is never there need not be waited for as long as people would.
    hold: { ...settings.hold, timeoutMs: 100 },
  }
}

/** Where an entrypoint listens: its own port on an address nobody else has. */
function moved(entryPoints: Settings['entryPoints'], net: number): Settings['entryPoints'] {
  const [some] = entryPoints.values()
  const all = new Map<string, EntryPointSettings>(entryPoints)
  if (some !== undefined && !all.has('traefik')) all.set('traefik', { ...some, port: 8080, redirection: undefined })
  return new Map(
    [...all].map(([name, entryPoint], index) => [name, { ...entryPoint, host: `127.${net}.255.${index + 1}` }]),
  )
}

function onHost({ filename, directory, watch }: FileSettings, proxy: ComposeService): FileSettings {
  const path = (inside: string | undefined): string | undefined =>
    inside === undefined ? undefined : (hostPath(inside, proxy) ?? inside)
  return { filename: path(filename), directory: path(directory), watch }
}

function hostPath(path: string, { mounts }: ComposeService): string | undefined {
  for (let at = path.replace(/(?<=.)\/+$/, ''); at !== '/' && at !== '.'; at = dirname(at)) {
    const source = mounts.get(at)
    if (source !== undefined) return `${source}${path.slice(at.length)}`
  }
  return undefined
}
