// Every limit of the request path in one table: what it bounds, its default, and the option that sets it. 0 is none.

/** Of one entrypoint. `transport.` stands for `entryPoints.<name>.transport.`; `limits.` is Muster only, for all of them. */
export interface EntrypointLimits {
  /** Request line and fields of one request, in bytes; more is answered 431. `entryPoints.<name>.http.maxHeaderBytes` */
  readonly maxHeaderBytes: number
  /** Fields of one request; more is answered 431. `limits.maxHeaderFields` */
  readonly maxHeaderFields: number
  /** From the first byte of a request's head, or from accept, to its last; then 408. `limits.headerTimeout` */
  readonly headerTimeoutMs: number
  /** Between two pieces of a request's body; then 408. `transport.respondingTimeouts.readTimeout` */
  readonly readTimeoutMs: number
  /** From the end of a request's head to the end of its answer. `transport.respondingTimeouts.writeTimeout` */
  readonly writeTimeoutMs: number
  /** A connection between two requests. `transport.respondingTimeouts.idleTimeout` */
  readonly idleTimeoutMs: number
  /** A client that closed its side, without a byte of its answer: it looks the same as one that left. */
  readonly halfCloseMs: number
  /** What a body must come at on average, in bytes per second, after `bodyGraceMs`; then 408. `limits.minBodyRate` */
  readonly minBodyRate: number
  /** How long a body may be slower than `minBodyRate`. `limits.bodyGrace` */
  readonly bodyGraceMs: number
  /** A client that takes not one byte of what is there for it. `limits.sendTimeout` */
  readonly sendTimeoutMs: number
  /** Requests on one connection; the last one's answer closes it. `transport.keepAliveMaxRequests` */
  readonly keepAliveMaxRequests: number
  /** Age of a connection from which its next answer closes it. `transport.keepAliveMaxTime` */
  readonly keepAliveMaxTimeMs: number
  /** Open connections in one thread; one more is closed at once. `limits.maxConnections`, shared out among threads. */
  readonly maxConnections: number
  /** The same for one client address, except trusted ones; in each thread. `limits.maxConnectionsPerIp` */
  readonly maxConnectionsPerIp: number
  /** Share of the container's memory, in per cent, from which new requests are answered 503. `limits.maxMemory` */
  readonly maxMemoryPercent: number
  /** How long connections are still accepted after a SIGTERM. `transport.lifeCycle.requestAcceptGraceTimeout` */
  readonly acceptGraceMs: number
  /** How long requests under way may take after that; 0 cuts them. `transport.lifeCycle.graceTimeOut` */
  readonly graceTimeOutMs: number
}

/** Of requests that wait until a member is ready. */
export interface HoldLimits {
  /** How long one waits; 0: not at all. Only containers' services are waited for, unless a service says otherwise. `hold.timeout` */
  readonly timeoutMs: number
  /** As many may wait for one service; one more is 503. `hold.maxRequests`, shared out among threads. */
  readonly maxRequests: number
}

/** Of the connections to members. */
export interface ForwarderLimits {
  /** Until a member accepts the connection. `serversTransport.forwardingTimeouts.dialTimeout` */
  readonly connectTimeoutMs: number
  /** From the end of the request to the head of the answer. `…forwardingTimeouts.responseHeaderTimeout` */
  readonly responseHeaderTimeoutMs: number
  /** An unused connection to a member. `…forwardingTimeouts.idleConnTimeout` */
  readonly memberIdleTimeoutMs: number
  /** Unused connections kept per member and thread. `serversTransport.maxIdleConnsPerHost` */
  readonly maxIdlePerMember: number
  /** Connections to one member at a time, in each thread; one more waits in line. `limits.maxConnsPerMember` */
  readonly maxConnsPerMember: number
  /** Requests in that line; one more is answered 503. `limits.maxWaitingPerMember` */
  readonly maxWaitingPerMember: number
  /** How long one waits in it; then 503. `limits.memberQueueTimeout` */
  readonly memberQueueTimeoutMs: number
  /** A member that pauses in the middle of a body its client waits for. `limits.bodyIdleTimeout` */
  readonly bodyIdleTimeoutMs: number
  /** What is kept of one request's body for another member; a longer one is not repeated. `limits.maxReplayBytes` */
  readonly maxReplayBytes: number
  /** The same of all requests of one thread. `limits.maxReplayMemory`, shared out among threads. */
  readonly maxReplayMemory: number
  /** Status line and fields of one answer of a member, in bytes. */
  readonly maxResponseHeadBytes: number
  readonly maxResponseFields: number
}

/**
 * Traefik's where it has the option, but that headers are 64 KiB, not 1 MiB, and counted. Where it has none: the rate of a
 * body is Kestrel's, and its grace lies between Kestrel's 5 s and the 20 of Apache's mod_reqtimeout, so that every slow
 * sender is gone within 15; for readers nginx's `send_timeout`. How many connections there may be follows from the limit
 * of open files (`connection-budget.ts`). None per address: behind another proxy or a large NAT all clients have the same.
 */
export const entrypointDefaults: EntrypointLimits = {
  maxHeaderBytes: 65_536,
  maxHeaderFields: 200,
  headerTimeoutMs: 10_000,
  readTimeoutMs: 60_000,
  writeTimeoutMs: 0,
  idleTimeoutMs: 180_000,
  halfCloseMs: 1000,
  minBodyRate: 240,
  bodyGraceMs: 10_000,
  sendTimeoutMs: 60_000,
  keepAliveMaxRequests: 0,
  keepAliveMaxTimeMs: 0,
  maxConnections: 0,
  maxConnectionsPerIp: 0,
  maxMemoryPercent: 90,
  acceptGraceMs: 0,
  graceTimeOutMs: 10_000,
}

/**
 * Traefik's but one: a member gets half a second to accept, not 30. It is on a network of this host, and the address of a
 * container that is gone answers nothing at all.
 */
export const forwarderDefaults: ForwarderLimits = {
  connectTimeoutMs: 500,
  responseHeaderTimeoutMs: 0,
  memberIdleTimeoutMs: 90_000,
  maxIdlePerMember: 200,
  maxConnsPerMember: 0,
  maxWaitingPerMember: 1000,
  memberQueueTimeoutMs: 5000,
  bodyIdleTimeoutMs: 0,
  maxReplayBytes: 65_536,
  maxReplayMemory: 64 * 1024 * 1024,
  maxResponseHeadBytes: 65_536,
  maxResponseFields: 500,
}

/** A whole project that is recreated is back within a second or two, and what it runs in seconds more. */
export const holdDefaults: HoldLimits = { timeoutMs: 15_000, maxRequests: 1000 }
