// Apache's balancer variables in the values of custom response fields. What they say is known only when a member has
// answered, so such a value is put together with each answer.
import type { Exchange } from '../exchange/exchange.ts'
import { balancerVariablePattern } from '../model/balancer-variables.ts'
import type { BalancerVariable } from '../model/balancer-variables.ts'

/** Empty where there is nothing to say. */
const meanings: Readonly<Record<BalancerVariable, (record: Exchange['record']) => string | undefined>> = {
  BALANCER_NAME: ({ service }) => service && `balancer://${service}`,
  BALANCER_WORKER_NAME: ({ server }) => server,
  BALANCER_WORKER_ROUTE: ({ route }) => route,
  BALANCER_SESSION_STICKY: ({ session }) => session?.name,
  BALANCER_SESSION_ROUTE: ({ session }) => session?.route,
  BALANCER_ROUTE_CHANGED: ({ routeChanged }) => (routeChanged ? '1' : ''),
}

/** Undefined: the text has no variables and is what it is. */
export function spokenValue(text: string): ((exchange: Exchange) => string) | undefined {
  if (text.search(balancerVariablePattern) === -1) return undefined
  return ({ record }) =>
    text.replaceAll(balancerVariablePattern, (_, name: BalancerVariable) => meanings[name](record) ?? '')
}
