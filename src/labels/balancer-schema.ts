// How a balancer chooses among its members, and what a member may say of itself: Apache's parameters, under Traefik's tree.
import { balancingDefaults, drainDefaults, methods } from '../model/service-config.ts'
import { checkPath } from './check-texts.ts'
import { bool, byDefault, duration, integer, oneOf } from './leaf.ts'
import { about, musterOnly } from './marks.ts'
import { optional } from './schema.ts'
import type { Fields } from './schema.ts'
import { memberStatus, routeName, weight } from './member-texts.ts'
import { answerField, statusRanges } from './texts.ts'

const { failover, retryNonIdempotent, forceRecovery, failOnTimeout, retryMs, slowStartMs } = balancingDefaults
/** Those that Traefik does not know by these names. */
const ownMethods = ['byrequests', 'bytraffic', 'bybusyness'] as const

export const balancerFields = {
  strategy: about(
    'how the next server is chosen; `byrequests`, another name of `wrr`, `bytraffic` and `bybusyness` are Muster only',
    byDefault('wrr', oneOf(['wrr', ...methods], { own: ownMethods })),
  ),
  failover: about(
    'a session whose server cannot be used goes to another one; `false`: it gets 503, as with `nofailover=On`',
    musterOnly(byDefault(failover, bool())),
  ),
  maxAttempts: about(
    'further servers a request is given to when one fails; not given: 2',
    musterOnly(integer({ min: 0, max: 99 })),
  ),
  retryNonIdempotent: about(
    'a request of any method is given to another server when one closed before it answered, though it may have acted on it; `false`: only GET, HEAD, OPTIONS, TRACE, PUT and DELETE',
    musterOnly(byDefault(retryNonIdempotent, bool())),
  ),
  forceRecovery: about(
    'when all servers are in error, try them all the same',
    musterOnly(byDefault(forceRecovery, bool())),
  ),
  failOnStatus: about('answers that put a server in error, as in `500,502-504`', musterOnly(statusRanges())),
  failOnTimeout: about(
    'a server that does not answer in time is in error',
    musterOnly(byDefault(failOnTimeout, bool())),
  ),
  retry: about('how long a server in error is left alone; 0: not at all', musterOnly(byDefault(retryMs, duration()))),
  hold: about(
    'how long a request waits while no server is ready; not given: `hold.timeout` for containers, 0 in files; 0: not at all',
    musterOnly(duration()),
  ),
  slowStart: about(
    'a server that becomes ready earns its share over this time; 0: at once',
    musterOnly(byDefault(slowStartMs, duration())),
  ),
  rollout: about(
    '`cutover`: once replicas of a newer configuration or image are ready, older ones keep their sessions alone',
    musterOnly(byDefault('mixed', oneOf(['mixed', 'cutover']))),
  ),
  drain: about(
    '`sessions`: a container that is being stopped keeps its sessions until it is gone; `move`: they move at once',
    musterOnly(byDefault('move', oneOf(['move', 'sessions']))),
  ),
  drainTimeout: about(
    'after this, what a container that is being stopped still serves is broken off; 0: never',
    musterOnly(byDefault(drainDefaults.timeoutMs, duration())),
  ),
  readiness: about(
    'what a started container must do before it takes requests',
    musterOnly(
      optional({
        path: about('a GET of it must be answered below 400, once; not given: its port must accept', checkPath()),
      }),
    ),
  ),
  routeHeader: about("the field of answers that names the server's route", musterOnly(answerField())),
} as const satisfies Fields

export const memberFields = {
  weight: about('its share of the requests; 0: none', weight()),
  route: about(
    'what sessions call it; not given: service and number of the replica, as in `web-2`',
    musterOnly(routeName()),
  ),
  redirect: about('the route of the server that takes over its sessions', musterOnly(routeName())),
  lbset: about('servers of a lower set are used first', musterOnly(byDefault(0, integer({ min: 0, max: 99 })))),
  status: about(
    "Apache's letters: D disabled, S stopped, N drains, H hot standby, R hot spare, I never in error",
    musterOnly(memberStatus()),
  ),
  retry: about("not given: the balancer's", musterOnly(duration())),
} as const satisfies Fields

/** Apache's words for what is called otherwise here. */
export const balancerMisnomers = {
  method: 'write strategy',
  lbmethod: 'write strategy',
  stickysession: 'write sticky.session.name',
  nofailover: 'write failover, which means the opposite',
} as const

export const memberMisnomers = { loadfactor: 'write weight', lbfactor: 'write weight' } as const
