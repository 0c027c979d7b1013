// `muster healthcheck`: asks the controller beside it whether it is well, for a container's HEALTHCHECK.
import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { readConfigFile } from '../settings/config-file.ts'
import { parseSettings } from '../settings/parse-settings.ts'
import { internalEntryPoint } from '../settings/settings.ts'
import type { Settings } from '../settings/settings.ts'

/** Traefik's. */
const timeoutMs = 5000

interface Health {
  readonly well: boolean
  /** Why. */
  readonly line: string
}

/**
 * Reads the options where the controller reads them (on the command line they must be given again, as with Traefik) and
 * resolves with the exit code, after one line that says why. Rejects with a SettingsError for bad options.
 */
export async function runHealthcheck(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void = (line) => console.log(line),
): Promise<number> {
  const { settings } = await parseSettings({ argv, env, readFile: readConfigFile })
  const { well, line } = await checkHealth(settings)
  print(line)
  return well ? 0 : 1
}

async function checkHealth({ ping, api, entryPoints }: Settings): Promise<Health> {
  const name = ping?.entryPoint ?? (api.insecure ? internalEntryPoint : undefined)
  if (name === undefined)
    return { well: false, line: 'ping is not enabled; give --ping to the controller and to this command' }
  const { host, port } = entryPoints.get(name) ?? { host: undefined, port: 0 }
  if (port === 0) return { well: false, line: `the port of entrypoint "${name}" is not known` }
  const address = host === undefined || host === '0.0.0.0' ? '127.0.0.1' : host
  const url = `http://${isIPv6(address) ? `[${address}]` : address}:${port}/ping`
  try {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.destroy()
    const { statusCode } = response
    return statusCode === 200
      ? { well: true, line: `OK: ${url}` }
      : { well: false, line: `${url} answered ${statusCode}` }
  } catch (error) {
    const { code, name: kind } = error as NodeJS.ErrnoException
    const reason = kind === 'AbortError' ? `no answer within ${timeoutMs / 1000} s` : (code ?? String(error))
    return { well: false, line: `${url} cannot be asked: ${reason}` }
  }
}
