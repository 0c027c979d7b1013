// The balancing methods by name. Each chooses one of the members it may take, by the ledger that all threads share.
import type { Exchange } from '../../exchange/exchange.ts'
import type { Turns } from '../../ledger/turns.ts'
import type { Method } from '../../model/service-config.ts'
import type { Member } from '../member.ts'
import { byBusyness } from './bybusyness.ts'
import { byRequests } from './byrequests.ts'
import { byTraffic } from './bytraffic.ts'
import { hrw } from './hrw.ts'
import { leastTime } from './leasttime.ts'
import { powerOfTwo } from './p2c.ts'

/** Says of a member, by its index, whether it may be chosen. */
export type MayTake = (index: number) => boolean

/** The index of the member chosen; undefined when none may be. */
export type Choose = (mayTake: MayTake, exchange: Exchange) => number | undefined

/** What a service works with: its members in the order of its configuration, and whose turn it is among them. */
export interface Balancer {
  readonly members: readonly Member[]
  readonly turns: Turns
}

export const chooserOf: Readonly<Record<Method, (balancer: Balancer) => Choose>> = {
  byrequests: byRequests,
  bytraffic: byTraffic,
  bybusyness: byBusyness,
  leasttime: leastTime,
  p2c: powerOfTwo,
  hrw,
}
