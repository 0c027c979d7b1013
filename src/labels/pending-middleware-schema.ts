// The kinds of middleware that are read and checked, but do not run yet. A router that uses one is not served.
import { bool, byDefault, duration, integer, lines, list, needed, required, text } from './leaf.ts'
import { about, pending } from './marks.ts'
import { enabled, free, map, struct } from './schema.ts'
import { certificateInfo, clientTls, ipStrategy, redis, sourceCriterion } from './shared-options.ts'
import { addressRanges, passwordLines, statusRanges } from './texts.ts'

const off = byDefault(false, bool())
const bytes = integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const bytesOrAll = integer({ min: -1, max: Number.MAX_SAFE_INTEGER })
const mebibyte = 1_048_576

const authFields = {
  usersFile: about('a file of such lines', text()),
  realm: about('what the browser shows', byDefault('traefik', text())),
  removeHeader: about('take Authorization off the request', off),
  headerField: about("where the member finds the user's name", text()),
}

const noUsers = ({ users, usersFile }: { users: unknown; usersFile: unknown }): string | undefined =>
  users === undefined && usersFile === undefined ? 'there are no users' : undefined

export const pendingKinds = {
  basicAuth: pending(
    struct(
      { users: about('`name:hash`, as htpasswd writes it', passwordLines('name:hash')), ...authFields },
      { check: noUsers },
    ),
  ),
  buffering: pending(
    struct({
      maxRequestBodyBytes: about('larger ones are refused; 0 is no limit', byDefault(0, bytes)),
      memRequestBodyBytes: about('more than that goes to disk', byDefault(mebibyte, bytes)),
      maxResponseBodyBytes: about('larger ones become a 500; 0 is no limit', byDefault(0, bytes)),
      memResponseBodyBytes: about('more than that goes to disk', byDefault(mebibyte, bytes)),
      retryExpression: about('when to ask again', lines()),
      disableRequestBuffer: about('do not buffer requests', off),
      disableResponseBuffer: about('do not buffer answers', off),
    }),
  ),
  circuitBreaker: pending(
    struct({
      expression: about('when the circuit opens', needed(lines())),
      checkPeriod: about('between two looks', byDefault(100, duration())),
      fallbackDuration: about('how long it stays open', byDefault(10_000, duration())),
      recoveryDuration: about('how long it takes to close', byDefault(10_000, duration())),
      responseCode: about('the answer while it is open', byDefault(503, integer({ min: 100, max: 599 }))),
    }),
  ),
  compress: pending(
    about(
      'answers are compressed',
      enabled(
        {
          excludedContentTypes: about('answers that are left as they are', list()),
          includedContentTypes: about('the only answers that are compressed', list()),
          minResponseBodyBytes: about('shorter answers are left as they are', byDefault(1024, bytes)),
          encodings: about('in order of preference', byDefault(['gzip', 'br', 'zstd'], list())),
          defaultEncoding: about('for a client that does not say', text()),
        },
        {
          check: ({ excludedContentTypes, includedContentTypes }) =>
            excludedContentTypes !== undefined && includedContentTypes !== undefined
              ? 'excludedContentTypes and includedContentTypes exclude each other'
              : undefined,
        },
      ),
    ),
  ),
  digestAuth: pending(
    struct({ users: about('`name:realm:hash`', passwordLines('name:realm:hash')), ...authFields }, { check: noUsers }),
  ),
  errors: pending(
    struct({
      status: about('which answers are replaced: 404, 500-599', statusRanges()),
      statusRewrites: about('by status or range: the status instead', map('status', integer({ min: 100, max: 599 }))),
      service: about('where the page is from', needed(text())),
      query: about('its path; `{status}`, `{originalStatus}` and `{url}` are replaced', text()),
      errorRequestHeaders: about('fields of the request that go along', list()),
    }),
  ),
  forwardAuth: pending(
    struct({
      address: about('the server that decides', needed(text())),
      tls: clientTls,
      trustForwardHeader: about('pass on X-Forwarded-* as they came', off),
      authResponseHeaders: about('fields of its answer that the member gets', list()),
      authResponseHeadersRegex: about('the same by expression', text()),
      authRequestHeaders: about('fields of the request that it gets; not given: all', list()),
      addAuthCookiesToResponse: about('cookies of its answer that the client gets', list()),
      headerField: about("where the member finds the user's name", text()),
      forwardBody: about('send the body along', off),
      maxBodySize: about('bytes of it at most; -1 is no limit', byDefault(-1, bytesOrAll)),
      maxResponseBodySize: about('bytes of its answer at most; -1 is no limit', byDefault(-1, bytesOrAll)),
      preserveLocationHeader: about('leave Location as it is', off),
      preserveRequestMethod: about("ask with the request's own method", off),
      authSigninURL: about('where a client without access is sent', text()),
    }),
  ),
  grpcWeb: pending(struct({ allowOrigins: about('origins that are allowed; `*` is all', list()) })),
  inFlightReq: pending(
    struct({
      amount: about('requests at a time', required(integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))),
      sourceCriterion,
    }),
  ),
  ipAllowList: pending(
    struct({
      sourceRange: about('who may come', required(addressRanges())),
      ipStrategy,
      rejectStatusCode: about('the answer for others', byDefault(403, integer({ min: 100, max: 599 }))),
    }),
  ),
  ipWhiteList: pending(
    struct({ sourceRange: about('deprecated name of ipAllowList', required(addressRanges())), ipStrategy }),
  ),
  passTLSClientCert: pending(
    struct({ pem: about('the whole certificate in X-Forwarded-Tls-Client-Cert', off), info: certificateInfo }),
  ),
  plugin: pending(about('by name of the plugin: what it takes', map('plugin', free()))),
  rateLimit: pending(
    struct({
      average: about('requests per period; 0 is no limit', byDefault(0, bytes)),
      period: about('of the average', byDefault(1000, duration())),
      burst: about('requests at once', byDefault(1, bytes)),
      sourceCriterion,
      redis,
    }),
  ),
  retry: pending(
    struct(
      {
        attempts: about('at most', required(integer({ min: 1, max: 2 ** 31 - 1 }))),
        initialInterval: about('before the second; then longer and longer', byDefault(0, duration())),
        timeout: about('for all together; 0 is no limit', byDefault(0, duration())),
        status: about('answers that count as failures', statusRanges()),
        maxRequestBodyBytes: about('bytes of a body that can be sent again', byDefault(2 * mebibyte, bytesOrAll)),
        disableRetryOnNetworkError: about('only for `status`', off),
        retryNonIdempotentMethod: about('POST, LOCK and PATCH too', off),
      },
      {
        check: ({ status, disableRetryOnNetworkError }) =>
          status === undefined && disableRetryOnNetworkError
            ? 'with disableRetryOnNetworkError there is nothing to retry on: set status'
            : undefined,
      },
    ),
  ),
} as const
