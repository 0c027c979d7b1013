// How an engine is reached: over a unix socket, TCP, TLS or ssh → what dockerode must know, and the connections to close.
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'
import { direct, keptConnections } from './direct-agent.ts'
import type { EngineAddress, EngineTls } from './engine-address.ts'
import { engineFailure } from './engine-failure.ts'
import { SshAgent } from './ssh-agent.ts'

/** What the client must know, and nothing it could make up for itself. */
interface Transport {
  readonly protocol: 'http' | 'https'
  readonly socketPath: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Has all connections. */
  readonly agent: Agent
}

/**
 * Reads the TLS files, each time anew: certificates are renewed while Muster runs.
 * @throws EngineError `files`
 */
export async function openTransport(address: EngineAddress): Promise<Transport> {
  const { endpoint, tls, authorization } = address
  const headers = authorization === undefined ? {} : { Authorization: authorization }
  const nowhere = { protocol: 'http', socketPath: undefined, host: undefined, port: undefined, headers } as const
  if (endpoint.kind === 'unix')
    return { ...nowhere, socketPath: endpoint.socketPath, agent: direct(new Agent(keptConnections)) }
  // Its agent connects, not to this name: it is only what stands in the Host field.
  if (endpoint.kind === 'ssh')
    return { ...nowhere, host: 'docker', port: 80, agent: direct(new SshAgent(endpoint, address.shown)) }
  const { host, scheme } = endpoint
  const usualPorts = tls === undefined ? { tcp: 2375, http: 80, https: 443 } : { tcp: 2376, http: 443, https: 443 }
  const there = { ...nowhere, host, port: endpoint.port ?? usualPorts[scheme] }
  if (tls === undefined) return { ...there, agent: direct(new Agent(keptConnections)) }
  const secure = { ...(await readTls(tls, address.shown)), rejectUnauthorized: !tls.insecureSkipVerify }
  return { ...there, protocol: 'https', agent: direct(new TlsAgent({ ...keptConnections, ...secure })) }
}

async function readTls({ ca, cert, key }: EngineTls, shown: string): Promise<SecureContextOptions> {
  try {
    const [caPem, certPem, keyPem] = await Promise.all([ca, cert, key].map(readPem))
    const secure = { ca: caPem, cert: certPem, key: keyPem }
    // Only to know that they can be used, and belong together.
    createSecureContext(secure)
    return secure
  } catch (error) {
    throw engineFailure('files', shown, error instanceof Error ? error.message : String(error), error)
  }
}

async function readPem(pathOrText: string | undefined): Promise<string | undefined> {
  if (pathOrText === undefined || pathOrText === '') return undefined
  return pathOrText.includes('-----BEGIN') ? pathOrText : readFile(pathOrText, 'utf8')
}
