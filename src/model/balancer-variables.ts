/** What Apache tells of a balancer's choice; in a response field's value as `%{BALANCER_WORKER_ROUTE}e`. */
const balancerVariables = [
  'BALANCER_NAME',
  'BALANCER_WORKER_NAME',
  'BALANCER_WORKER_ROUTE',
  'BALANCER_SESSION_STICKY',
  'BALANCER_SESSION_ROUTE',
  'BALANCER_ROUTE_CHANGED',
] as const

export type BalancerVariable = (typeof balancerVariables)[number]

/** Everywhere they stand in a text; the name is the first group. */
export const balancerVariablePattern = new RegExp(`%\\{(${balancerVariables.join('|')})\\}e`, 'g')
