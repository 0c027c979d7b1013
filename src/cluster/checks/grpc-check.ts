// Up is who says SERVING over the gRPC health protocol (grpc.health.v1.Health/Check), on plain HTTP/2 or TLS.
import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2'
import { attempt, type Outcome } from './attempt.ts'
import { closedEarly } from './failure.ts'
import { decodeHealthResponse, healthRequest } from './grpc-health.ts'
import { openHttp2 } from './http2.ts'
import { authorityOf, type ProbePlan } from './probe.ts'

/** The answer has seven bytes; later versions of the protocol may add fields. */
const answerBytesMax = 4096

/** The names of gRPC's status codes, by number. */
const statusNames =
  'ok,cancelled,unknown,invalid argument,deadline exceeded,not found,already exists,permission denied,resource exhausted,failed precondition,aborted,out of range,unimplemented,internal,unavailable,data loss,unauthenticated'.split(
    ',',
  )

export async function checkGrpc(plan: ProbePlan, signal: AbortSignal): Promise<string | undefined> {
  const outcome = await attempt<Reply>(signal, (tell) => call(plan, tell))
  return 'failure' in outcome ? outcome.failure : failureOf(outcome.answer)
}

interface Reply {
  readonly status: string | undefined
  readonly body: Buffer
}

function call(plan: ProbePlan, tell: (outcome: Outcome<Reply>) => void): { destroy(): void } {
  const head = {
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    ':scheme': plan.scheme === 'https' ? 'https' : 'http',
    ':authority': authorityOf(plan),
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'muster-health-check',
  }
  const { connection, stream } = openHttp2(plan, head, tell)
  const chunks: Buffer[] = []
  let bytes = 0
  /** From the trailers, or from the head of an answer that has nothing else. */
  let status: string | undefined
  let answered = false
  stream.on('response', (answer) => {
    const failure = refuse(answer)
    if (failure !== undefined) tell({ failure })
    answered = true
    status = statusOf(answer)
  })
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > answerBytesMax) tell({ failure: 'grpc answer is too large' })
    else chunks.push(chunk)
  })
  stream.on('trailers', (trailers) => {
    status = statusOf(trailers)
  })
  stream.on('close', () => tell(answered ? { answer: { status, body: Buffer.concat(chunks) } } : closed))
  // Traefik asks for no service by name, whatever the path says.
  stream.end(healthRequest)
  return connection
}

const closed = { failure: closedEarly }

function refuse(answer: IncomingHttpHeaders & IncomingHttpStatusHeader): string | undefined {
  if (answer[':status'] !== 200) return `grpc check answered ${answer[':status'] ?? 0}`
  // application/grpc, application/grpc+proto, application/grpc;…
  return /^application\/grpc(?:$|[+;])/.test(answer['content-type'] ?? '') ? undefined : 'answer is not grpc'
}

function statusOf(fields: IncomingHttpHeaders): string | undefined {
  const status = fields['grpc-status']
  return typeof status === 'string' ? status : undefined
}

function failureOf({ status, body }: Reply): string | undefined {
  if (status === undefined) return 'grpc answer has no status'
  if (!/^\d{1,2}$/.test(status)) return 'grpc answer has no valid status'
  if (Number(status) !== 0) return `grpc status is ${statusNames[Number(status)] ?? Number(status)}`
  const serving = decodeHealthResponse(body)
  if (serving === undefined) return 'grpc answer is malformed'
  return serving === 'serving' ? undefined : `grpc health is ${serving}`
}
