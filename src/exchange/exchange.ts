// A request in flight. The entrypoint builds one Exchange per arrival; everything after it reads `head`, may rewrite
// what the member will see, and either answers or hands on.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { KeptBody } from './kept-body.ts'
import type { UpstreamError } from './upstream-error.ts'

/** What rules match on. Canonical, and never changed after the entrypoint made it. */
export interface RequestHead {
  readonly method: string
  /** Lower case, without port and trailing dot, IPv6 without brackets; empty for HTTP/1.0 without Host. */
  readonly host: string
  /** Normalised path: starts with `/`, no dot segments, unreserved characters decoded, other escapes upper case. */
  readonly path: string
  /** The text after `?`, undefined when the target has none. */
  readonly query: string | undefined
  /**
   * Field names and values in turn, as received: case, order and repeats are kept. Without the X-Forwarded-* and the like
   * of a client that is not trusted with them.
   */
  readonly fields: readonly string[]
  /** The TCP peer's address; an IPv4-mapped one as IPv4. */
  readonly clientIp: string
  /** The client's own connection is TLS. What a proxy before us says of its client is in the fields. */
  readonly secure: boolean
}

/** How the request's body is delimited towards the member. Always explicit: RFC 9112 section 6. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

/** Filled in by each layer as it decides; read once, for the access line. */
export interface ExchangeRecord {
  router: string | undefined
  service: string | undefined
  member: string | undefined
  attempts: number
  /** Failed attempts of which the member may have carried it out all the same. */
  perhapsDone: number
  /** How the last member that failed it did so; another one may have answered since. */
  failure: UpstreamError | undefined
  /** What sessions call the member (Apache's BALANCER_WORKER_ROUTE). */
  route: string | undefined
  /** What the request said of its session, where a member of the service has it. */
  session: { readonly name: string; readonly route: string } | undefined
  /** The service has sessions, and the member is another one than the request's session names, or it names none. */
  routeChanged: boolean
  /** Until when it may wait for a member to become ready, by the ledger's `steadyMs`; undefined: it has not had to. */
  heldUntil: number | undefined
  /** What an upgrade was answered; an ordinary request's response tells itself. */
  status: number | undefined
  /** The member's URL, for lines that name the server. */
  server: string | undefined
  /** When its service took it, by performance.now(); 0 asks for it, undefined: nobody wants to know. */
  serviceAt: number | undefined
  /** No access line: its router asks for none. */
  quiet: boolean
  /** Left out of metrics, for the same reason. */
  unmeasured: boolean
}

/**
 * Changes the head of an answer just before it is sent. What an edit puts in must be valid field text, one character per
 * byte; framing (Content-Length, Transfer-Encoding, Connection) is not its to touch. Must not throw.
 */
export type ResponseEdit = (head: ResponseHeadDraft, exchange: Exchange) => void

export interface ResponseHeadDraft {
  readonly status: number
  /** Names and values in turn, to be changed in place. */
  readonly fields: string[]
  /** Who gave the answer, and the Host it was asked for as; undefined for an answer of Muster's own. */
  readonly origin: { readonly address: MemberAddress; readonly host: string } | undefined
}

export interface MemberAddress {
  readonly scheme: 'http' | 'https'
  /** IP address or host name, IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

interface ExchangeBase {
  readonly head: RequestHead
  readonly request: IncomingMessage
  /** The Host field to send when the service passes it on; undefined for HTTP/1.0 without one. */
  hostField: string | undefined
  /** What the member will be asked for, without query; path middlewares rewrite it. Empty means `/`. */
  path: string
  /**
   * End-to-end fields for the member, names and values in turn. Hop-by-hop fields, Host and framing are not in it:
   * the forwarder writes those. X-Forwarded-* and X-Real-Ip are already ours.
   */
  fields: string[]
  readonly framing: Framing
  /** From when a member is sent a body that another may be sent again. */
  keptBody: KeptBody | undefined
  /** Fields to add to the member's answer, names and values in turn (a sticky session's Set-Cookie). */
  readonly responseFields: string[]
  /**
   * Applied to the head of the final answer, whoever gives it. The outermost middleware pushes first, so the last one is
   * applied first. Undefined while there are none.
   */
  responseEdits: ResponseEdit[] | undefined
  /** The router's own path and domain for a sticky cookie; undefined: as the service says. */
  cookieScope: { readonly path: string | undefined; readonly domain: string | undefined } | undefined
  readonly record: ExchangeRecord
}

export interface HttpExchange extends ExchangeBase {
  readonly kind: 'http'
  readonly response: ServerResponse
}

/** A request with an Upgrade the client may be granted: an arrival with a socket instead of a response. */
export interface UpgradeExchange extends ExchangeBase {
  readonly kind: 'upgrade'
  readonly socket: Duplex
  /** Bytes that came after the request head. */
  readonly upgradeHead: Buffer
}

export type Exchange = HttpExchange | UpgradeExchange

/**
 * Settles when the exchange is over. Rejects with an UpstreamError only while not one byte of a response has been
 * written, so that whoever catches it may still answer or try another member; once bytes were written, a failure
 * destroys the client's connection instead (a cut answer must never look complete).
 */
export type Handler = (exchange: Exchange) => Promise<void>
