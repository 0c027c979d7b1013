// Keeps the engine's client at its endpoint, with few connections.
import type { Agent, AgentOptions, ClientRequest } from 'node:http'
import { inspect } from 'node:util'

/** What every agent has and its types leave out: called once for each request, before it is sent. */
type AddRequest = (this: Agent, request: ClientRequest, options: object) => void

/**
 * Connections are kept for the next call: to connect costs more than to ask, over TLS and ssh many times. An idle one is
 * closed before a proxy or a firewall in between may have forgotten it.
 */
export const keptConnections: AgentOptions = { keepAlive: true, timeout: 40_000 }

/**
 * The client below dockerode follows redirects, to any host they name, and a failure there ends the process. No engine
 * redirects from the exact paths used here, so an answer loses its Location before that code sees it.
 *
 * That client waits for ever when a connection is cut in the middle of an answer: it listens to the request only.
 *
 * That client also describes every request to its debug log, in full depth and even when nobody reads it: with an
 * agent's sockets in the description, that was 20 ms of CPU per inspected container. So an agent has nothing to show.
 */
export function direct<T extends Agent>(agent: T): T {
  const { addRequest } = agent as T & { readonly addRequest: AddRequest }
  return Object.assign(agent, {
    addRequest(request: ClientRequest, options: object): void {
      request.prependOnceListener('response', (response) => {
        delete response.headers.location
        response.once('error', (error) => request.emit('error', error))
      })
      addRequest.call(agent, request, options)
    },
    [inspect.custom]: () => 'Agent',
  })
}
