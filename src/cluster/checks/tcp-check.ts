// Up is whose port accepts a connection.
import { attempt } from './attempt.ts'
import { closedEarly, failureText } from './failure.ts'
import { openSocket, type ProbePlan } from './probe.ts'

export async function checkTcp(plan: ProbePlan, signal: AbortSignal): Promise<string | undefined> {
  const outcome = await attempt<'accepted'>(signal, (tell) => {
    // Never TLS: it is asked whether the port accepts, and nothing is said to it.
    const socket = openSocket({ ...plan, scheme: 'http' }, 'http/1.1')
    socket.on('connect', () => tell({ answer: 'accepted' }))
    socket.on('error', (error) => tell({ failure: failureText(error) }))
    socket.on('close', () => tell({ failure: closedEarly }))
    return socket
  })
  return 'failure' in outcome ? outcome.failure : undefined
}
