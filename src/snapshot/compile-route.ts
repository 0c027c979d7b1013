// A route as planned → the route a table holds: its rule compiled, its chain composed.
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { CookieScope } from '../model/service-config.ts'
import { chain, compileMiddleware } from '../middleware/compile-middleware.ts'
import { compileRule } from '../router/compiled-rule.ts'
import type { Route } from '../router/route-table.ts'
import type { RoutePlace, RoutePlan } from './snapshot.ts'

/** Throws for what a linked plan never holds: a rule or a middleware nobody checked. */
export function compileRoute(plan: RoutePlan, place: RoutePlace, service: Handler): Route {
  const { name, rule, ruleText, priority, refusal, middlewares } = plan
  // Kept with the rule: the table that takes the route in finds it done, and cannot fail half way.
  compileRule(rule)
  const composed =
    refusal === undefined ? chain([...place.before, ...middlewares].map(compileMiddleware), service) : refuse(refusal)
  const scoped = plan.cookie === undefined ? composed : withCookieScope(plan.cookie, composed)
  const handler = place.quiet || place.unmeasured ? unobserved(place, scoped) : scoped
  return { name, rule, ruleText, priority, handler }
}

function refuse(reason: string): Handler {
  return (exchange) => {
    respond(exchange, 503, `${reason}\n`)
    return Promise.resolve()
  }
}

/** Where the cookies are sent that the service sets for requests of this route. */
function withCookieScope(scope: CookieScope, handler: Handler): Handler {
  return (exchange) => {
    exchange.cookieScope = scope
    return handler(exchange)
  }
}

function unobserved({ quiet, unmeasured }: RoutePlace, handler: Handler): Handler {
  return (exchange) => {
    exchange.record.quiet = quiet
    exchange.record.unmeasured = unmeasured
    return handler(exchange)
  }
}
