// An edit that gives a field what is declared of it is none: it is kept as such, so that a member that was drained and resumed
// is not marked as edited for ever, and follows its labels again.
import { balancingDefaults, hasSessions, memberDefaults } from '../model/service-config.ts'
import type { MemberConfig, ServiceConfig } from '../model/service-config.ts'
import { routeOf } from '../model/route-of-slot.ts'
import type { FieldChanges } from './edit.ts'

/** The changes with null in place of what is declared anyway. `slot` undefined: of the balancer. */
export function asDeclared(service: ServiceConfig, slot: string | undefined, changes: FieldChanges): FieldChanges {
  const member = service.members.find((candidate) => candidate.slot === slot)
  if (slot !== undefined && member === undefined) return changes
  const declared: Readonly<Record<string, unknown>> = member === undefined ? ofBalancer(service) : ofMember(member)
  return Object.fromEntries(
    Object.entries(changes).map(([field, value]) => [field, value === declared[field] ? null : value]),
  )
}

function ofBalancer(service: ServiceConfig): FieldValues {
  const { method, failover, maxAttempts, retryMs } = service.balancing ?? balancingDefaults
  return { method, failover, maxAttempts, retryMs, sticky: hasSessions(service) }
}

function ofMember(member: MemberConfig): FieldValues {
  const { redirect = '', lbset, status } = member.parameters ?? memberDefaults
  return { weight: member.weight, route: routeOf(member), redirect, lbset, status }
}

type FieldValues = Readonly<Record<string, unknown>>
