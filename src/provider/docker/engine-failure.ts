// Why an engine could not be asked, in words that name the endpoint and the way out.
import { EngineError } from './engine.ts'
import type { EngineCode } from './engine.ts'
import { record, text } from './json.ts'

const codeByErrno: Readonly<Record<string, EngineCode>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  ECONNREFUSED: 'absent',
  ENOTFOUND: 'absent',
  EAI_AGAIN: 'absent',
  EHOSTUNREACH: 'absent',
  ENETUNREACH: 'absent',
  ETIMEDOUT: 'absent',
  EACCES: 'denied',
  EPERM: 'denied',
  ECONNRESET: 'cut',
  EPIPE: 'cut',
  ERR_STREAM_PREMATURE_CLOSE: 'cut',
  EPROTO: 'tls',
}

/** The families of codes that OpenSSL and the HTTP parser have. */
const codeByPrefix: readonly (readonly [RegExp, EngineCode])[] = [
  [/^HPE_/, 'unreadable'],
  [/^ERR_OSSL_/, 'files'],
  [/^ERR_SSL_/, 'tls'],
  [/^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|ERR_TLS_CERT_)/, 'certificate'],
]

const codeByStatus: Readonly<Record<number, EngineCode>> = { 401: 'unauthorized', 407: 'unauthorized' }

const lost = { what: 'lost the Docker engine at %', wayOut: 'is it running?' }

/** What went wrong, with the endpoint for `%`, and the way out. */
const failures: Readonly<Record<EngineCode, { readonly what: string; readonly wayOut: string }>> = {
  endpoint: {
    what: '% is not the address of a Docker engine',
    wayOut: 'write unix:///var/run/docker.sock, tcp://host:2375 or ssh://user@host',
  },
  absent: {
    what: 'no Docker engine answers at %',
    wayOut: 'is it running, and does it listen there?',
  },
  denied: {
    what: 'the Docker socket at % may not be opened',
    wayOut: 'run as root or as a member of the group that owns it',
  },
  refused: {
    what: 'the Docker engine at % refuses to answer',
    wayOut: 'a socket proxy must allow GET /version, /events, /containers/json and /containers/{id}/json',
  },
  unauthorized: {
    what: 'the Docker engine at % does not know who asks',
    wayOut: 'set providers.docker.username and providers.docker.password',
  },
  version: {
    what: 'the Docker engine at % speaks no version of its API that can be used',
    wayOut: 'Docker 20.10 (API 1.41) or newer is needed; DOCKER_API_VERSION is best left out',
  },
  files: {
    what: 'the TLS files for the Docker engine at % cannot be used',
    wayOut: 'ca, cert and key of providers.docker.tls are paths of PEM files; cert and key come together',
  },
  certificate: {
    what: 'the certificate of the Docker engine at % is not trusted',
    wayOut: 'providers.docker.tls.ca must name the authority that signed it, for this very host',
  },
  tls: {
    what: 'no TLS connection to the Docker engine at %',
    wayOut:
      'is it TLS that this port speaks? providers.docker.tls has ca and, where the engine wants to know who calls, cert and key',
  },
  ssh: {
    what: 'no connection by ssh to the Docker engine at %',
    wayOut: 'the user Muster runs as needs ssh, a key without a passphrase or an agent, and docker over there',
  },
  unreadable: { what: 'what answers at % is not a Docker engine', wayOut: 'is the endpoint right?' },
  cut: lost,
  timeout: lost,
}

/** Of a socket that is not there, which is what most people meet first. */
const absentSocket = 'is it running, and is its socket mounted? -v /var/run/docker.sock:/var/run/docker.sock'

/** Characters. */
const reasonMax = 200

/** An error that says what went wrong at this endpoint, why, and what to do. */
export function engineFailure(code: EngineCode, endpoint: string, reason: string, cause?: unknown): EngineError {
  const ofSocket = code === 'absent' && !/^(?:tcp|https?):/i.test(endpoint)
  return engineFailureWith({ code, endpoint, reason, cause, wayOut: ofSocket ? absentSocket : failures[code].wayOut })
}

interface Failure {
  readonly code: EngineCode
  readonly endpoint: string
  readonly reason: string
  readonly cause?: unknown
  readonly wayOut: string
}

/** With another way out than the usual one. */
export function engineFailureWith({ code, endpoint, reason, cause, wayOut }: Failure): EngineError {
  const { what } = failures[code]
  // The reason may be a whole page of whatever answered.
  const short = reason
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, reasonMax)
  return new EngineError(code, `${what.replace('%', () => endpoint)} (${short}); ${wayOut}`, cause)
}

/** Whatever a call threw, as an EngineError. */
export function explainFailure(error: unknown, endpoint: string): EngineError {
  if (error instanceof EngineError) return error
  const { code: errno, statusCode, message } = record(error)
  const reason = text(message)
  if (typeof statusCode === 'number') return engineFailure(codeOfAnswer(statusCode, reason), endpoint, reason, error)
  return engineFailure(codeOf(text(errno)), endpoint, reason, error)
}

function codeOf(errno: string): EngineCode {
  return codeByErrno[errno] ?? codeByPrefix.find(([prefix]) => prefix.test(errno))?.[1] ?? 'cut'
}

function codeOfAnswer(status: number, reason: string): EngineCode {
  // How a port that speaks TLS answers to plain HTTP, in the words of Go, nginx and HAProxy.
  if (status === 400 && /HTTPS (?:server|port)/.test(reason)) return 'tls'
  return codeByStatus[status] ?? 'refused'
}
