// One request over an HTTP/2 connection of its own. Whatever goes wrong with either is told as a failure.
import { connect, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2'
import { failureText, tooManyInterim } from './failure.ts'
import { openSocket, type ProbePlan } from './probe.ts'

/** 1xx before the answer; a member that sends them without end would keep this thread busy until the timeout. */
export const interimMax = 16

/** `connection` is to be destroyed in any case. The stream closes with it: what that means, the caller knows. */
export function openHttp2(
  plan: ProbePlan,
  head: OutgoingHttpHeaders,
  tell: (outcome: { readonly failure: string }) => void,
): { readonly connection: { destroy(): void }; readonly stream: ClientHttp2Stream } {
  const socket = openSocket(plan, 'h2')
  // The name is not looked up: the connection is there, and the head names the authority.
  const session = connect('http://member', { createConnection: () => socket, settings: { enablePush: false } })
  const connection = {
    destroy(): void {
      session.destroy()
      socket.destroy()
    },
  }
  const fail = (error: Error): void => tell({ failure: failureText(error) })
  socket.on('error', fail)
  session.on('error', fail)
  try {
    const stream = session.request(head, { endStream: false })
    let interim = 0
    stream.on('headers', () => {
      interim++
      if (interim > interimMax) tell({ failure: tooManyInterim })
    })
    stream.on('error', fail)
    return { connection, stream }
  } catch (error) {
    connection.destroy()
    throw error
  }
}
