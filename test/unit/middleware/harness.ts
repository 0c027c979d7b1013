// Middlewares between a client and a member that are both values: what the member is asked for, and what the client gets.
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { editedFields } from '../../../src/exchange/edited-fields.ts'
import type { Exchange, HttpExchange } from '../../../src/exchange/exchange.ts'
import { findField } from '../../../src/exchange/field-list.ts'
import { checkMiddleware } from '../../../src/middleware/check-middleware.ts'
import { chain, compileMiddleware } from '../../../src/middleware/compile-middleware.ts'
import type { HeadersConfig, PassReverseConfig, PlannedMiddleware } from '../../../src/model/dynamic-config.ts'

export interface Request {
  readonly method?: string
  /** A target: path and query. */
  readonly target?: string
  /** Null: HTTP/1.0 without one. */
  readonly host?: string | null
  readonly secure?: boolean
  /** Names and values in turn. */
  readonly fields?: readonly string[]
}

/** How the member answers: names and values in turn. */
export interface Reply {
  readonly status?: number
  readonly fields?: readonly string[]
  /** What the service adds, as a sticky session does. */
  readonly ours?: readonly string[]
  readonly passHostHeader?: boolean
}

export interface Seen {
  /** `undefined`: the member was not asked. */
  readonly member: { readonly target: string; readonly host: string | undefined; readonly fields: string[] } | undefined
  readonly status: number
  readonly fields: readonly string[]
  readonly body: string
}

export const memberAddress = { scheme: 'http', host: '172.18.0.5', port: 8080 } as const

/** Runs the middlewares, outermost first, around a member that answers with `reply`. */
export async function pass(
  configs: readonly PlannedMiddleware[],
  request: Request = {},
  reply: Reply = {},
): Promise<Seen> {
  for (const config of configs) assert.equal(checkMiddleware(config), undefined)
  const answer = { status: 0, fields: [] as readonly string[], body: '' }
  let member: Seen['member']
  const exchange = exchangeOf(request, answer)
  await chain(configs.map(compileMiddleware), (reached) => {
    const { hostField, path, fields, head } = reached
    const query = head.query === undefined ? '' : `?${head.query}`
    member = { target: `${path}${query}`, host: hostField, fields: [...fields] }
    reached.responseFields.push(...(reply.ours ?? []))
    answer.status = reply.status ?? 200
    answer.fields = editedFields(reached, {
      status: answer.status,
      fields: [...(reply.fields ?? []), ...reached.responseFields],
      origin: { address: memberAddress, host: hostAsked(reached, reply) },
    })
    return Promise.resolve()
  })(exchange)
  return { member, ...answer }
}

/** The first value of that name; undefined: the field is not there. */
export function field({ fields }: { readonly fields: readonly string[] } | undefined = { fields: [] }, name: string) {
  return findField(fields, name.toLowerCase())
}

/** Every value of that name. */
export function fieldsNamed({ fields }: { readonly fields: readonly string[] }, name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]?.toLowerCase() === name.toLowerCase())
}

export function headersWith(options: Partial<HeadersConfig>): HeadersConfig {
  return {
    kind: 'headers',
    customRequestHeaders: new Map(),
    customResponseHeaders: new Map(),
    accessControlAllowCredentials: false,
    accessControlAllowHeaders: [],
    accessControlAllowMethods: [],
    accessControlAllowOriginList: [],
    accessControlAllowOriginListRegex: [],
    accessControlExposeHeaders: [],
    accessControlMaxAge: 0,
    addVaryHeader: false,
    allowedHosts: [],
    hostsProxyHeaders: [],
    sslProxyHeaders: new Map(),
    stsSeconds: 0,
    stsIncludeSubdomains: false,
    stsPreload: false,
    forceSTSHeader: false,
    frameDeny: false,
    customFrameOptionsValue: '',
    contentTypeNosniff: false,
    browserXssFilter: false,
    customBrowserXSSValue: '',
    contentSecurityPolicy: '',
    contentSecurityPolicyReportOnly: '',
    publicKey: '',
    referrerPolicy: '',
    permissionsPolicy: '',
    isDevelopment: false,
    ...options,
  }
}

export function passReverseWith(options: Partial<PassReverseConfig> = {}): PassReverseConfig {
  return {
    kind: 'passReverse',
    prefix: undefined,
    location: true,
    cookiePath: new Map(),
    cookieDomain: new Map(),
    ...options,
  }
}

function hostAsked({ hostField }: Exchange, { passHostHeader = true }: Reply): string {
  const own = `${memberAddress.host}:${memberAddress.port}`
  return passHostHeader ? (hostField ?? own) : own
}

function exchangeOf(
  { method = 'GET', target = '/', host = 'shop.example', secure = false, fields = [] }: Request,
  answer: { status: number; fields: readonly string[]; body: string },
): HttpExchange {
  const [path = '', query] = target.split('?')
  const response = {
    headersSent: false,
    destroyed: false,
    writeHead(status: number, sent: readonly string[]) {
      assert.equal(sent.length % 2, 0)
      answer.status = status
      answer.fields = sent
    },
    end(body: string) {
      answer.body = body
    },
  }
  const hostField = host ?? undefined
  return {
    kind: 'http',
    head: { method, host: hostField ?? '', path, query, fields, clientIp: '192.0.2.1', secure },
    request: { resume() {} } as unknown as IncomingMessage,
    response: response as unknown as ServerResponse,
    hostField,
    path,
    fields: [...fields],
    framing: { kind: 'none' },
    keptBody: undefined,
    responseFields: [],
    responseEdits: undefined,
    cookieScope: undefined,
    record: {
      router: undefined,
      service: undefined,
      member: undefined,
      attempts: 0,
      perhapsDone: 0,
      failure: undefined,
      route: undefined,
      session: undefined,
      routeChanged: false,
      heldUntil: undefined,
      status: undefined,
      server: undefined,
      serviceAt: undefined,
      quiet: false,
      unmeasured: false,
    },
  }
}
