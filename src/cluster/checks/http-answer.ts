// Asks a member one question over a connection of its own, and takes the head of the answer for the whole of it.
import { request as sendRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { attempt, type Outcome } from './attempt.ts'
import { closedEarly, failureText, tooManyInterim } from './failure.ts'
import { interimMax, openHttp2 } from './http2.ts'
import { authorityOf, openSocket, type ProbePlan } from './probe.ts'

export interface Question {
  readonly method: string
  readonly path: string
}

export interface Answer {
  readonly status: number
  readonly location: string | undefined
}

export function ask(plan: ProbePlan, question: Question, signal: AbortSignal): Promise<Outcome<Answer>> {
  return plan.scheme === 'h2c' ? askHttp2(plan, question, signal) : askHttp1(plan, question, signal)
}

/** Names are lower case, as HTTP/2 demands them; a `Host` of the user's counts before ours. */
export function fieldsOf(plan: ProbePlan): Record<string, string> & { readonly host: string } {
  const fields = { host: authorityOf(plan), 'user-agent': 'muster-health-check' }
  const own = [...plan.config.headers].map(([name, value]) => [name.toLowerCase(), value])
  return { ...fields, ...(Object.fromEntries(own) as Record<string, string>) }
}

function askHttp1(plan: ProbePlan, question: Question, signal: AbortSignal): Promise<Outcome<Answer>> {
  return attempt(signal, (tell) => {
    const request = sendRequest({
      ...question,
      headers: fieldsOf(plan),
      // Without an agent: a connection for this one request, and the member is told so.
      createConnection: () => openSocket(plan, 'http/1.1'),
    })
    let interim = 0
    request.on('information', () => {
      interim++
      if (interim > interimMax) tell({ failure: tooManyInterim })
    })
    request.on('response', (response) => {
      response.on('error', () => {})
      tell({ answer: { status: response.statusCode ?? 0, location: response.headers.location } })
    })
    // 101, or 2xx to CONNECT: the connection is ours now, without a listener and beyond the reach of the request.
    const takeOver = (response: { statusCode?: number | undefined }, socket: Duplex): void => {
      socket.on('error', () => {})
      socket.destroy()
      tell({ answer: { status: response.statusCode ?? 0, location: undefined } })
    }
    request.on('upgrade', takeOver)
    request.on('connect', takeOver)
    request.on('error', (error) => tell({ failure: failureText(error) }))
    request.on('close', () => tell({ failure: closedEarly }))
    request.end()
    return request
  })
}

function askHttp2(plan: ProbePlan, { method, path }: Question, signal: AbortSignal): Promise<Outcome<Answer>> {
  return attempt(signal, (tell) => {
    const { host, ...fields } = fieldsOf(plan)
    const head = { ...fields, ':method': method, ':path': path, ':authority': host, ':scheme': 'http' }
    const { connection, stream } = openHttp2(plan, head, tell)
    stream.on('response', (answer) => {
      const { ':status': status = 0, location } = answer
      tell({ answer: { status, location } })
    })
    stream.on('close', () => tell({ failure: closedEarly }))
    stream.end()
    return connection
  })
}
