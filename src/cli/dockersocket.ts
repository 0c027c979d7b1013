// `muster dockersocket`: only the Docker API socket, as a container of its own. Nobody here knows members, so no call waits:
// it is for the modes that allow little, between the engine and a Muster that has no socket of the engine's.
import { openDockerSocket } from '../dockersocket/docker-socket.ts'
import { createLogger } from '../observability/logger.ts'
import { plainEndpoint } from '../provider/docker/plain-endpoint.ts'
import { readConfigFile } from '../settings/config-file.ts'
import { parseSettings } from '../settings/parse-settings.ts'
import { dockerSocketDefaults } from '../settings/settings.ts'

/** For calls under way at its end: the engine need not be waited for. */
const graceMs = 5000

/** Serves until the signal aborts. Rejects with a SettingsError, EngineError or DockerSocketError when it cannot. */
export async function runDockerSocket(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = await parseSettings({ argv, env, readFile: readConfigFile })
  const { upstream, ...options } = settings.dockerSocket ?? dockerSocketDefaults
  const log = createLogger(settings.log)
  const engine = plainEndpoint(upstream === '' ? settings.providers.docker : { endpoint: upstream }, env)
  await using _socket = await openDockerSocket({ ...options, upstream: engine, graceMs }, { drain: undefined, log })
  if (options.mode === 'full') {
    log.warn({}, 'in a process of its own the Docker API socket holds no call in mode full: it knows no members')
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
