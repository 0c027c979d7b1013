// Keeps the engine's client at its endpoint.
import { Agent } from 'node:http'
import type { ClientRequest } from 'node:http'
import { inspect } from 'node:util'

/** What every agent has and its types leave out: called once for each request, before it is sent. */
const { addRequest } = Agent.prototype as Agent & {
  readonly addRequest: (this: Agent, request: ClientRequest, options: object) => void
}

/**
 * The client below dockerode follows redirects, to any host they name, and a failure there ends the process. No engine
 * redirects from the exact paths used here, so an answer loses its Location before that code sees it.
 */
export class DirectAgent extends Agent {
  addRequest(request: ClientRequest, options: object): void {
    request.prependOnceListener('response', ({ headers }) => {
      delete headers.location
    })
    addRequest.call(this, request, options)
  }

  /**
   * That client also describes every request to its debug log, in full depth and even when nobody reads it: with an
   * agent's sockets in the description, that was 20 ms of CPU per inspected container.
   */
  [inspect.custom](): string {
    return 'DirectAgent'
  }
}
