// Where the engine is: the text of the `endpoint` option, or of DOCKER_HOST → what to connect to.
import { engineFailure } from './engine-failure.ts'

export type Endpoint =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | {
      readonly kind: 'tcp'
      readonly host: string
      /** Undefined: the usual one, which depends on TLS. */
      readonly port: number | undefined
      readonly scheme: 'tcp' | 'http' | 'https'
      /** From `user:password@`; empty when not given. */
      readonly username: string
      readonly password: string
    }
  | {
      readonly kind: 'ssh'
      readonly host: string
      readonly port: number | undefined
      /** Empty: as ssh has it configured. */
      readonly user: string
      /** The engine's socket over there; empty: as docker has it configured. */
      readonly socketPath: string
    }

/**
 * Reads `unix:///var/run/docker.sock`, `tcp://host:2375`, `http://…`, `https://…` and `ssh://user@host:22`; a bare path is
 * a socket's.
 * @throws EngineError `endpoint`
 */
export function parseEndpoint(endpoint: string): Endpoint {
  const [, scheme = 'unix', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(endpoint) ?? []
  const parsed = schemes.get(scheme.toLowerCase())?.(rest)
  if (typeof parsed === 'object') return parsed
  throw engineFailure(
    'endpoint',
    `"${withoutSecrets(endpoint)}"`,
    parsed ?? `it knows ${[...schemes.keys()].join(', ')}`,
  )
}

/** As the user wrote it, but for a password. */
export function withoutSecrets(endpoint: string): string {
  return endpoint.replace(/^((?:[a-z]+:)?\/\/[^:@/]*):.*@/i, '$1:***@')
}

/** What follows `scheme://` → the endpoint, or what is wrong with it. */
const schemes: ReadonlyMap<string, (rest: string) => Endpoint | string> = new Map([
  ['unix', readPath],
  ['tcp', (rest: string) => readAddress('tcp', rest)],
  ['http', (rest: string) => readAddress('http', rest)],
  ['https', (rest: string) => readAddress('https', rest)],
  ['ssh', readSsh],
])

function readPath(rest: string): Endpoint | string {
  if (!rest.startsWith('/')) return 'the path of a socket begins with a slash'
  // `//var/run/…` is how a path is written where a single slash would be rewritten (a shell on Windows).
  return { kind: 'unix', socketPath: rest.replace(/^\/+/, '/') }
}

function readAddress(scheme: 'tcp' | 'http' | 'https', rest: string): Endpoint | string {
  const url = readUrl(rest)
  if (url === undefined) return 'it has no host'
  if (url.path !== '' && url.path !== '/') return 'it has a path'
  const { host, port, username, password } = url
  return { kind: 'tcp', scheme, host, port, username, password }
}

/** As docker reads it. A password would have to be typed, or shown to everybody in the list of processes. */
function readSsh(rest: string): Endpoint | string {
  const url = readUrl(rest)
  if (url === undefined) return 'it has no host'
  if (url.password !== '') return 'ssh takes no password here'
  // Words of the remote command are put together and read by a shell there.
  if (!/^[\w./-]*$/.test(url.path)) return 'the path has characters that a shell would read'
  const { host, port, username: user, path } = url
  return { kind: 'ssh', host, port, user, socketPath: path === '/' ? '' : path }
}

type Address = Record<'host' | 'username' | 'password' | 'path', string> & { readonly port: number | undefined }

function readUrl(rest: string): Address | undefined {
  // Of a scheme without a default port: a port that is written down is never lost.
  const url = URL.canParse(`engine://${rest}`) ? new URL(`engine://${rest}`) : undefined
  const host = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
  if (url === undefined || !/^[\w.:-]+$/.test(host) || host.startsWith('-') || url.search !== '' || url.hash !== '')
    return undefined
  const [username, password] = [url.username, url.password].map(decoded)
  if (username === undefined || password === undefined) return undefined
  return { host, port: url.port === '' ? undefined : Number(url.port), username, password, path: url.pathname }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
