// Every limit of the request path in one table: what it bounds, its default, and the option that sets it.

export interface Limits {
  /** Request line and fields of one request. `entryPoints.<name>.http.maxHeaderBytes` */
  readonly maxHeaderBytes: number
  /** Fields of one request. `limits.maxHeaderFields` */
  readonly maxHeaderFields: number
  /** From the first byte of a request's head to its last. `limits.headerTimeout` */
  readonly headerTimeoutMs: number
  /** Between two pieces of a request's body. `entryPoints.<name>.transport.respondingTimeouts.readTimeout`; 0: none. */
  readonly readTimeoutMs: number
  /** A client's connection between two requests. `entryPoints.<name>.transport.respondingTimeouts.idleTimeout`; 0: none. */
  readonly idleTimeoutMs: number
  /** A client that closed its side, without a byte of its answer: it looks the same as one that left. */
  readonly halfCloseMs: number
  /** Until a member accepts the connection. `serversTransport.forwardingTimeouts.dialTimeout`; 0: none. */
  readonly connectTimeoutMs: number
  /** From the end of the request to the head of the answer. `…forwardingTimeouts.responseHeaderTimeout`; 0: none. */
  readonly responseHeaderTimeoutMs: number
  /** An unused connection to a member. `…forwardingTimeouts.idleConnTimeout`; 0: none. */
  readonly memberIdleTimeoutMs: number
  /** Unused connections kept per member and thread. `serversTransport.maxIdleConnsPerHost` */
  readonly maxIdlePerMember: number
  /** Status line and fields of one answer of a member, in bytes. */
  readonly maxResponseHeadBytes: number
  readonly maxResponseFields: number
}

/**
 * Traefik's defaults but three. Headers are 64 KiB, not 1 MiB, and counted. A member gets half a second to accept, not
 * 30: it is on a network of this host, and the address of a container that is gone answers nothing at all.
 */
export const defaultLimits: Limits = {
  maxHeaderBytes: 65_536,
  maxHeaderFields: 200,
  headerTimeoutMs: 10_000,
  readTimeoutMs: 60_000,
  idleTimeoutMs: 180_000,
  halfCloseMs: 1000,
  connectTimeoutMs: 500,
  responseHeaderTimeoutMs: 0,
  memberIdleTimeoutMs: 90_000,
  maxIdlePerMember: 200,
  maxResponseHeadBytes: 65_536,
  maxResponseFields: 500,
}

/** `transport.lifeCycle.graceTimeOut` */
export const defaultGraceTimeOutMs = 10_000
