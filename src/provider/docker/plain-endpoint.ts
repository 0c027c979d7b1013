// Where the engine takes plain bytes, for whoever passes them on without a client of its own.
import { engineAddress } from './engine-address.ts'
import type { EngineOptions } from './engine-address.ts'
import { engineFailureWith } from './engine-failure.ts'

/**
 * @param options those of the provider, or an endpoint alone; undefined: the environment's endpoint, else the usual socket
 * @throws EngineError `endpoint`, also where it takes TLS, ssh or a password
 */
export function plainEndpoint(
  options: Pick<EngineOptions, 'endpoint'> | EngineOptions | undefined,
  env: Readonly<Record<string, string | undefined>>,
): { readonly path: string } | { readonly host: string; readonly port: number } {
  const { endpoint, tls, authorization, shown } = engineAddress({ ...nothing, ...options }, env)
  if (endpoint.kind === 'unix') return { path: endpoint.socketPath }
  if (endpoint.kind === 'tcp' && tls === undefined && authorization === undefined) {
    return { host: endpoint.host, port: endpoint.port ?? (endpoint.scheme === 'http' ? 80 : 2375) }
  }
  throw engineFailureWith({
    code: 'endpoint',
    endpoint: `"${shown}"`,
    reason: 'the Docker API socket passes plain bytes on, without TLS, ssh or a password',
    wayOut: 'name a unix socket or a plain port by --dockersocket.upstream',
  })
}

const nothing: EngineOptions = {
  endpoint: '',
  connection: { tls: undefined, username: undefined, password: undefined, timeoutMs: 0 },
}
