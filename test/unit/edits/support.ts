// A small configuration to edit.
import type { MemberConfig, ServiceConfig } from '../../../src/model/service-config.ts'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { DynamicConfig } from '../../../src/model/merge.ts'
import { qualify } from '../../../src/model/qualified-name.ts'

export const web = qualify('web', 'docker')
export const api = qualify('api', 'docker')
export const one = 'shop/web/1'
export const two = 'shop/web/2'

export function member(slot: string, more: Partial<MemberConfig> = {}): MemberConfig {
  return { id: slot, scheme: 'http', host: '10.0.0.1', port: 80, weight: 1, slot, container: undefined, ...more }
}

export function service(members: readonly MemberConfig[], more: Partial<ServiceConfig> = {}): ServiceConfig {
  return { members, passHostHeader: true, stickyCookie: undefined, ...more }
}

export function config(): DynamicConfig {
  const services = new Map([
    [web, service([member(one), member(two)])],
    [api, service([member('shop/api/1')])],
  ])
  return { ...emptyConfig, services }
}
