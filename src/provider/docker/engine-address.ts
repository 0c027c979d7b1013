// All there is to know before an engine can be spoken to: the options and, without an endpoint among them, what docker's own
// client takes from the environment.
import { join } from 'node:path'
import { parseEndpoint, withoutSecrets } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'

export interface EngineAddress {
  /** For messages. */
  readonly shown: string
  readonly endpoint: Endpoint
  /** Undefined: no TLS. */
  readonly tls: EngineTls | undefined
  /** The value of the Authorization field; undefined: none is sent. */
  readonly authorization: string | undefined
  /** For a complete answer. */
  readonly timeoutMs: number
  /** `1.44`; undefined: the newest that both sides know. */
  readonly apiVersion: string | undefined
}

/** Paths of PEM files, or PEM text itself. */
export interface EngineTls {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** Any certificate is believed. */
  readonly insecureSkipVerify: boolean
}

/** The options. */
export interface EngineOptions {
  /** Empty: the environment's, else the usual socket. */
  readonly endpoint: string
  readonly connection: {
    readonly tls: EngineTls | undefined
    readonly username: string | undefined
    readonly password: string | undefined
    /** 0: the default. */
    readonly timeoutMs: number
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const usualEndpoint = 'unix:///var/run/docker.sock'
const usualTimeoutMs = 10_000
const noConnectionOptions = { tls: undefined, username: undefined, password: undefined, timeoutMs: 0 }

/**
 * An endpoint among the options wins: nothing of the environment is consulted then, so that a variable meant for the
 * docker command leads nowhere else.
 * @throws EngineError `endpoint`
 */
export function engineAddress({ endpoint, connection }: EngineOptions, env: Environment): EngineAddress {
  const environment = endpoint === '' ? env : {}
  const written = endpoint || environment['DOCKER_HOST'] || usualEndpoint
  const parsed = parseEndpoint(written)
  const url = parsed.kind === 'tcp' ? parsed : { username: '', password: '', scheme: undefined }
  const user = connection.username ?? url.username
  const password = connection.password ?? url.password
  return {
    shown: withoutSecrets(written),
    endpoint: parsed,
    tls: parsed.kind === 'tcp' ? (connection.tls ?? tlsOf(environment) ?? impliedTls(parsed.scheme)) : undefined,
    authorization: user === '' && password === '' ? undefined : `Basic ${btoa8(`${user}:${password}`)}`,
    timeoutMs: connection.timeoutMs || usualTimeoutMs,
    apiVersion: environment['DOCKER_API_VERSION'] || undefined,
  }
}

/** An endpoint alone. */
export function plainAddress(endpoint: string): EngineAddress {
  return engineAddress({ endpoint, connection: noConnectionOptions }, {})
}

/** As Docker's client libraries do: a path of certificates means TLS, DOCKER_TLS_VERIFY that the engine's is checked. */
function tlsOf(env: Environment): EngineTls | undefined {
  const verify = (env['DOCKER_TLS_VERIFY'] ?? '') !== ''
  const path = env['DOCKER_CERT_PATH'] || (verify ? join(env['HOME'] ?? '/', '.docker') : '')
  if (path === '') return undefined
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => join(path, `${name}.pem`))
  return { ca, cert, key, insecureSkipVerify: !verify }
}

function impliedTls(scheme: 'tcp' | 'http' | 'https'): EngineTls | undefined {
  if (scheme !== 'https') return undefined
  return { ca: undefined, cert: undefined, key: undefined, insecureSkipVerify: false }
}

function btoa8(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
