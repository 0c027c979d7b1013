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
}

const lost = { what: 'lost the Docker engine at %', wayOut: 'is it running?' }

/** What went wrong, with the endpoint for `%`, and the way out. */
const failures: Readonly<Record<EngineCode, { readonly what: string; readonly wayOut: string }>> = {
  endpoint: {
    what: '% is not the address of a Docker engine',
    wayOut: 'write unix:///var/run/docker.sock or tcp://host:2375',
  },
  absent: {
    what: 'no Docker engine answers at %',
    wayOut: 'is it running, and is its socket mounted? -v /var/run/docker.sock:/var/run/docker.sock',
  },
  denied: {
    what: 'the Docker socket at % may not be opened',
    wayOut: 'run as root or as a member of the group that owns it',
  },
  refused: {
    what: 'the Docker engine at % refuses to answer',
    wayOut: 'a socket proxy must allow GET /events, /containers/json and /containers/{id}/json',
  },
  unreadable: { what: 'what answers at % is not a Docker engine', wayOut: 'is the endpoint right?' },
  cut: lost,
  timeout: lost,
}

/** Characters. */
const reasonMax = 200

/** An error that says what went wrong at this endpoint, why, and what to do. */
export function engineFailure(code: EngineCode, endpoint: string, reason: string, cause?: unknown): EngineError {
  const { what, wayOut } = failures[code]
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
  if (typeof statusCode === 'number') return engineFailure('refused', endpoint, reason, error)
  const code = codeByErrno[text(errno)] ?? (text(errno).startsWith('HPE_') ? 'unreadable' : 'cut')
  return engineFailure(code, endpoint, reason, error)
}
