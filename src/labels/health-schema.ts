// How it is found out whether members are well: active checks, passive ones, and comparison with their fellows.
import { checkPath, hostName, methodName } from './check-texts.ts'
import { bool, byDefault, duration, integer, oneOf } from './leaf.ts'
import { about, musterOnly } from './marks.ts'
import { enabled, map, optional } from './schema.ts'
import { fieldValue, notFieldName } from './texts.ts'

const countMax = 2 ** 31 - 1
const inARow = byDefault(1, integer({ min: 1, max: 1000 }))
const perCent = integer({ min: 1, max: 100 })

export const healthCheck = optional(
  {
    path: about('what is asked for', checkPath()),
    scheme: about('not given: that of the server', oneOf(['http', 'https', 'h2c'])),
    mode: about(
      'how it is asked; `tcp`, whether its port accepts, is Muster only',
      byDefault('http', oneOf(['http', 'grpc', 'tcp'], { own: ['tcp'] })),
    ),
    method: about('the method it is asked with', byDefault('GET', methodName())),
    status: about('the answer that is good; not given: 200 to 399', integer({ min: 100, max: 599 })),
    port: about('not given: that of the server', integer({ min: 1, max: 65_535 })),
    interval: about('between two checks', byDefault(30_000, duration({ timed: true }))),
    unhealthyInterval: about('the same of a server that failed; not given: `interval`', duration({ timed: true })),
    timeout: about('for an answer', byDefault(5000, duration({ timed: true }))),
    hostname: about('the Host it is asked with', hostName()),
    followRedirects: about('follow redirects', byDefault(true, bool())),
    headers: about('fields it is asked with', map('header', fieldValue(), { refusal: notFieldName })),
    rise: about('good checks in a row that take a server in', musterOnly(inARow)),
    fall: about('failed checks in a row that take it out', musterOnly(inARow)),
  },
  {
    check: ({ path, mode }) => (path === undefined && mode === 'http' ? 'a health check needs a "path"' : undefined),
  },
)

export const passiveHealthCheck = optional({
  failureWindow: about('failures in this time count together', byDefault(10_000, duration({ timed: true }))),
  maxFailedAttempts: about('as many take the server out', byDefault(1, integer({ min: 1, max: countMax }))),
})

export const outlierDetection = about(
  'a server that fails much more than its fellows is taken out for a while',
  musterOnly(
    enabled({
      interval: about('how often they are compared', byDefault(10_000, duration({ timed: true }))),
      errorRate: about('per cent of its requests in an interval, from which a server is one', byDefault(50, perCent)),
      minRequests: about('fewer in an interval prove nothing', byDefault(20, integer({ min: 1, max: countMax }))),
      ejectionTime: about('how long it is out', byDefault(30_000, duration({ timed: true }))),
      maxEjected: about('per cent of the servers that may be out at once', byDefault(50, perCent)),
    }),
  ),
)
