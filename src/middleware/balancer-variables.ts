// Apache's balancer variables in the values of custom response fields: `%{BALANCER_WORKER_ROUTE}e`. What a variable says is
// known only when a member has answered, so such a value is put together with each answer.
import type { Exchange } from '../exchange/exchange.ts'

/** Each by its name in mod_proxy_balancer; empty where there is nothing to say. */
const variables: Readonly<Record<string, (record: Exchange['record']) => string | undefined>> = {
  BALANCER_NAME: ({ service }) => service && `balancer://${service}`,
  BALANCER_WORKER_NAME: ({ server }) => server,
  BALANCER_WORKER_ROUTE: ({ route }) => route,
  BALANCER_SESSION_STICKY: ({ session }) => session?.name,
  BALANCER_SESSION_ROUTE: ({ session }) => session?.route,
  BALANCER_ROUTE_CHANGED: ({ routeChanged }) => (routeChanged ? '1' : ''),
}

const variable = /%\{(BALANCER_[A-Z_]+)\}e/g

/** Undefined: the text has no variables and is what it is. */
export function balancerVariables(text: string): ((exchange: Exchange) => string) | undefined {
  const known = [...text.matchAll(variable)].some(([, name = '']) => Object.hasOwn(variables, name))
  if (!known) return undefined
  return ({ record }) =>
    text.replaceAll(variable, (written, name: string) =>
      Object.hasOwn(variables, name) ? (variables[name]?.(record) ?? '') : written,
    )
}
