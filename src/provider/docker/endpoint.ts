// Where the engine is: the text of the `endpoint` option → what to connect to.
import { engineFailure } from './engine-failure.ts'

export type Endpoint =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly protocol: 'http' }

/**
 * Reads `unix:///var/run/docker.sock`, `tcp://host:2375` and `http://host:2375`; a bare path is a socket's.
 * @throws EngineError `endpoint`
 */
export function parseEndpoint(endpoint: string): Endpoint {
  const [, scheme = 'unix', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(endpoint) ?? []
  switch (scheme.toLowerCase()) {
    case 'unix':
      if (!rest.startsWith('/')) break
      // `//var/run/…` is how a path is written where a single slash would be rewritten (a shell on Windows).
      return { socketPath: rest.replace(/^\/+/, '/') }
    case 'tcp':
    case 'http': {
      const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined
      if (url === undefined || (url.pathname !== '/' && url.pathname !== '')) break
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
      return { host, port: Number(url.port || (scheme.toLowerCase() === 'tcp' ? 2375 : 80)), protocol: 'http' }
    }
  }
  throw engineFailure('endpoint', `"${endpoint}"`, 'only unix://, tcp:// and http:// are known')
}
