// A balancer over members made by hand.
import type { Handler } from '../../src/exchange/exchange.ts'
import { Ledger } from '../../src/ledger/ledger.ts'
import { memberDefaults } from '../../src/model/service-config.ts'
import type {
  MemberConfig,
  MemberParameters,
  ServiceConfig,
  StickyCookieConfig,
} from '../../src/model/service-config.ts'
import type { QualifiedName } from '../../src/model/qualified-name.ts'
import { Holds } from '../../src/service/holds.ts'
import { memberOf } from '../../src/service/member.ts'
import type { Forward, Member, MemberNews } from '../../src/service/member.ts'
import type { Balancer } from '../../src/service/methods/method.ts'
import { compileService } from '../../src/service/service.ts'

/** With nothing asked for but its name. */
export const plainCookie: StickyCookieConfig = {
  name: 'c',
  secure: false,
  httpOnly: false,
  sameSite: undefined,
  maxAge: 0,
  path: '/',
  domain: undefined,
}

export function balancerOf(members: readonly Member[]): Balancer {
  return { members, turns: new Ledger().arrange('web@test', members) }
}

export interface MemberWish extends Partial<Omit<MemberConfig, 'parameters'>>, Partial<MemberParameters> {}

/** An available member, unless the wish is another; `slot` is also its key. */
export function memberWith({ redirect, lbset, status, retryMs, ...wish }: MemberWish, ledger = new Ledger()): Member {
  const parameters = {
    redirect,
    lbset: lbset ?? memberDefaults.lbset,
    status: status ?? memberDefaults.status,
    retryMs,
  }
  const slot = wish.slot ?? '1'
  const place = {
    id: slot,
    scheme: 'http',
    host: '127.0.0.1',
    port: 80,
    weight: 1,
    slot,
    container: undefined,
  } as const
  const row = ledger.row(slot)
  row.available = true
  return memberOf(slot, { ...place, ...wish, parameters }, row)
}

/** Available, with keys and slots from 1. */
export function someMembers(...weights: readonly number[]): Member[] {
  const ledger = new Ledger()
  return weights.map((weight, index) => memberWith({ slot: String(index + 1), weight }, ledger))
}

export interface ServiceWish extends Partial<Omit<ServiceConfig, 'members'>> {
  readonly name?: string
  readonly secret?: string
  /** Told of members that fail and come back. */
  readonly news?: MemberNews[]
}

/** The handler of a service over these members. */
export function serviceOver(
  members: readonly Member[],
  forward: Forward,
  { name = 'web@docker', secret = '', news = [], ...wish }: ServiceWish = {},
): Handler {
  const config = { members: [], passHostHeader: true, stickyCookie: undefined, ...wish }
  const context = { forward, secret, holds: new Holds(0, () => undefined), holdMs: 0 }
  const tell = (told: MemberNews): void => void news.push(told)
  return compileService(name as QualifiedName, config, { ...balancerOf(members), lostBefore: 0 }, { ...context, tell })
    .serve
}
