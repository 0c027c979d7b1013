// Decoded fields of a service and its servers → the model. What is as it is by default is absent, so that a service that asks
// for nothing stays as small as it was, and equal ones are equal however they were written.
import { isDeepStrictEqual } from 'node:util'
import { balancingDefaults, drainDefaults, memberDefaults } from '../model/service-config.ts'
import type {
  BalancingConfig,
  DrainConfig,
  HealthCheckConfig,
  MemberConfig,
  ServiceConfig,
  SessionConfig,
  StickyCookieConfig,
} from '../model/service-config.ts'
import { pendingOptions } from './configs.ts'
import { given } from './map-values.ts'
import type { documentService } from './service-schema.ts'
import type { Infer } from './schema.ts'

/** As documents have it; that of labels differs in the servers alone. */
export type LoadBalancer = Extract<Infer<typeof documentService>, { kind: 'loadBalancer' }>
type Server = LoadBalancer['servers'][number]
type Balancer = Omit<LoadBalancer, 'kind' | 'servers'>

/** All of a service but its members. */
export type ServiceOptions = Omit<ServiceConfig, 'members'>

export function serviceOptions(balancer: Balancer, preservePath: boolean): ServiceOptions {
  const { passHostHeader, sticky, passiveHealthCheck, outlierDetection } = balancer
  return {
    passHostHeader,
    stickyCookie: stickyCookie(sticky?.cookie),
    ...given({
      session: session(sticky?.session),
      balancing: unlessDefault(balancing(balancer), balancingDefaults),
      healthCheck: healthCheck(balancer.healthCheck),
      passiveHealthCheck: passiveHealthCheck && {
        failureWindowMs: passiveHealthCheck.failureWindow,
        maxFailedAttempts: passiveHealthCheck.maxFailedAttempts,
      },
      outlierDetection: outlierDetection && {
        intervalMs: outlierDetection.interval,
        errorRate: outlierDetection.errorRate,
        minRequests: outlierDetection.minRequests,
        ejectionTimeMs: outlierDetection.ejectionTime,
        maxEjected: outlierDetection.maxEjected,
      },
      readinessPath: balancer.readiness?.path,
      draining: unlessDefault(draining(balancer), drainDefaults),
      rollout: balancer.rollout === 'cutover' ? balancer.rollout : undefined,
      pending: pendingOptions(balancer, preservePath),
    }),
  }
}

export type MemberOptions = Pick<MemberConfig, 'route' | 'parameters'>

export function memberOptions(
  server: Pick<Server, 'route' | 'redirect' | 'lbset' | 'status' | 'retry'>,
): MemberOptions {
  const { route, redirect, lbset, status, retry } = server
  return given({ route, parameters: unlessDefault({ redirect, lbset, status, retryMs: retry }, memberDefaults) })
}

function unlessDefault<T>(config: T, defaults: T): T | undefined {
  return isDeepStrictEqual(config, defaults) ? undefined : config
}

function stickyCookie(cookie: NonNullable<Balancer['sticky']>['cookie']): StickyCookieConfig | undefined {
  if (cookie === undefined) return undefined
  const { form, ...attributes } = cookie
  // Without a name the form is an error, and counts as if it were not there.
  return form === 'route' && attributes.name !== undefined ? { ...attributes, form } : attributes
}

function session(decoded: NonNullable<Balancer['sticky']>['session']): SessionConfig | undefined {
  if (decoded?.name === undefined) return undefined
  const { name, separator, scolonPathDelim } = decoded
  return { ...name, separator, scolonPathDelim }
}

function balancing(balancer: Balancer): BalancingConfig {
  const {
    strategy,
    failover,
    maxAttempts,
    retryNonIdempotent,
    forceRecovery,
    failOnStatus = [],
    failOnTimeout,
  } = balancer
  return {
    method: strategy === 'wrr' ? 'byrequests' : strategy,
    failover,
    maxAttempts,
    retryNonIdempotent,
    forceRecovery,
    failOnStatus,
    failOnTimeout,
    retryMs: balancer.retry,
    slowStartMs: balancer.slowStart,
    ...given({ holdMs: balancer.hold }),
    routeHeader: balancer.routeHeader,
  }
}

function draining({ drain, drainTimeout }: Balancer): DrainConfig {
  return { keepsSessions: drain === 'sessions', timeoutMs: drainTimeout }
}

/** A check over HTTP that has nothing to ask for is an error, and there is none. */
function healthCheck(check: Balancer['healthCheck']): HealthCheckConfig | undefined {
  if (check === undefined || (check.mode === 'http' && check.path === undefined)) return undefined
  const { interval, unhealthyInterval = interval, timeout, ...asItIs } = check
  return { ...asItIs, intervalMs: interval, unhealthyIntervalMs: unhealthyInterval, timeoutMs: timeout }
}
