// A balancer with its members → one service.
import { didYouMean } from '../../../model/nearest.ts'
import { fieldsOf } from '../piece.ts'
import type { ServicePiece, Value } from '../piece.ts'
import { cited, tellInto } from '../remark.ts'
import type { Remark, Tell } from '../remark.ts'
import { inherited } from './draft.ts'
import type { BalancerDraft, HeaderDraft, HostDraft } from './draft.ts'
import { healthCheck } from './health.ts'
import { readMembers } from './members.ts'
import { isRouteCookie, isRouteHeader, stickyFields } from './sticky.ts'
import { onOff, readParameter, seconds, wholeNumber } from './values.ts'
import type { Reader } from './values.ts'

export interface Service {
  readonly piece: ServicePiece
  /** Of its members' URLs. */
  readonly path: string
  /** Headers of Apache that became something of it. */
  readonly used: readonly HeaderDraft[]
}

export interface Use {
  readonly balancer: BalancerDraft
  /** Where it is defined. */
  readonly home: HostDraft
  /** Whose passes lead to it. */
  readonly hosts: readonly HostDraft[]
  /** The paths that lead to it. */
  readonly paths: readonly string[]
}

export function readService({ balancer, home, hosts, paths }: Use): Service {
  const remarks: Remark[] = [...balancer.remarks]
  const tell = tellInto(remarks)
  const reader: Reader = { parameters: balancer.parameters, tell }
  const { pieces: members, path } = readMembers(balancer, tell)
  if (balancer.members.length === 0)
    tell(balancer.line, 'error', `balancer "${balancer.name}" has no BalancerMember: it answers 503`)
  const places = hosts.length === 0 ? [home] : hosts
  const headers = places
    .flatMap((host) => inherited(host, (each) => each.headers))
    .filter((header) => concerns(header, balancer, paths))
  const sticky = stickyFields(balancer.parameters, headers.filter(isRouteCookie), tell)
  const routeHeader = headers.findLast(isRouteHeader)
  if (routeHeader !== undefined) tellOfRouteHeader(routeHeader, tell)
  const fields = fieldsOf({
    ...balancing(reader),
    passHostHeader: places.some((host) => host.preservesHost ?? host.outside?.preservesHost ?? false),
    sticky: sticky?.fields,
    routeHeader: routeHeader?.name,
    healthCheck: healthCheck(balancer, home, tell),
  })
  const used = [sticky?.used, routeHeader].filter((header) => header !== undefined)
  return { piece: { name: balancer.name, fields, members, remarks }, path, used }
}

function concerns(header: HeaderDraft, balancer: BalancerDraft, paths: readonly string[]): boolean {
  const { path } = header
  if (header.balancer !== undefined) return header.balancer === balancer
  return path === undefined || paths.some((other) => `${other}/`.startsWith(path) || path.startsWith(other))
}

const methods = ['byrequests', 'bytraffic', 'bybusyness']

function balancing(reader: Reader): Record<string, Value | undefined> {
  const nofailover = readParameter(reader, 'nofailover', onOff)
  return {
    strategy: readParameter(reader, 'lbmethod', (value, say) => {
      if (methods.includes(value)) return value
      if (value === 'heartbeat') say('warning', 'Muster has no heartbeat; byrequests is used')
      else
        say(
          'error',
          `there is no such method; ${didYouMean(value, methods) ?? `there are ${methods.join(', ')}`}. Not imported`,
        )
      return undefined
    }),
    failover: nofailover === undefined ? undefined : !nofailover,
    maxAttempts: readParameter(reader, 'maxattempts', wholeNumber(0, 2 ** 31 - 1)),
    forceRecovery: readParameter(reader, 'forcerecovery', onOff),
    failOnStatus: readParameter(reader, 'failonstatus', (value, say) => {
      const read = value.split(',').map((each) => /^\d{3}/.exec(each.trim())?.[0])
      if (read.join() !== value.replaceAll(' ', ''))
        say('warning', `Apache reads the number at the beginning of each: ${read.join()}`)
      return read.flatMap((status) => (status === undefined ? [] : [Number(status)]))
    }),
    failOnTimeout: readParameter(reader, 'failontimeout', onOff),
    retry: readParameter(reader, 'retry', seconds),
  }
}

function tellOfRouteHeader({ line, text, condition }: HeaderDraft, tell: Tell): void {
  if (condition !== undefined)
    tell(line, 'note', `${cited(text)}: Muster writes it with every answer, not when ${condition}`)
}
