// Edits over a configuration. What no edit concerns stays the object it is, and the same edit of the same object gives
// the same object again: those who come after compare identities.
import { withChanges } from '../model/changes.ts'
import { balancingDefaults, hasSessions, memberDefaults } from '../model/service-config.ts'
import type { MemberConfig, ServiceConfig, StickyCookieConfig } from '../model/service-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { BalancerEdit, Edits, MemberEdit, ServiceEdits } from './edit.ts'

/** What Traefik makes of `sticky.cookie=true`. */
const defaultCookie: StickyCookieConfig = {
  name: undefined,
  secure: false,
  httpOnly: false,
  sameSite: undefined,
  maxAge: 0,
  path: '/',
  domain: undefined,
}

/** Costs what is edited, not what there is. Edits of what is not there wait for it. */
export function applyEdits(config: DynamicConfig, edits: Edits): DynamicConfig {
  if (edits.size === 0) return config
  const services = editedServices(config.services, edits)
  return services === config.services ? config : editedConfig(config, services)
}

const editedConfig = remembered((config: DynamicConfig, services: DynamicConfig['services']) => ({
  ...config,
  services,
}))

const editedServices = remembered((services: DynamicConfig['services'], edits: Edits) => {
  const changes = new Map<QualifiedName, ServiceConfig>()
  for (const [name, ofService] of edits) {
    const service = services.get(name)
    if (service !== undefined) changes.set(name, editService(service, ofService))
  }
  return withChanges(services, changes)
})

export const editService = remembered((service: ServiceConfig, { balancer, members }: ServiceEdits): ServiceConfig => {
  const edited = balancer === undefined ? service : editBalancer(service, balancer)
  if (members.size === 0) return edited
  return {
    ...edited,
    members: edited.members.map((member) => {
      const edit = members.get(member.slot)
      return edit === undefined ? member : editMember(member, edit)
    }),
  }
})

function editBalancer(service: ServiceConfig, { sticky, ...fields }: BalancerEdit): ServiceConfig {
  const balancing =
    Object.keys(fields).length === 0 ? service.balancing : { ...(service.balancing ?? balancingDefaults), ...fields }
  const edited = balancing === service.balancing ? service : { ...service, balancing }
  if (sticky === undefined) return edited
  if (!sticky) return { ...edited, stickyCookie: undefined, session: undefined }
  return hasSessions(service) ? edited : { ...edited, stickyCookie: defaultCookie }
}

const editMember = remembered((member: MemberConfig, edit: MemberEdit): MemberConfig => {
  const { weight = member.weight, route = member.route, redirect, lbset, status } = edit
  const edited = { ...member, weight, route }
  if (redirect === undefined && lbset === undefined && status === undefined) return edited
  const declared = member.parameters ?? memberDefaults
  return {
    ...edited,
    parameters: {
      redirect: redirect === undefined ? declared.redirect : redirect || undefined,
      lbset: lbset ?? declared.lbset,
      status: status ?? declared.status,
      retryMs: declared.retryMs,
    },
  }
})

/** The last result for each subject: as long as subject and change are the same objects, so is what they make. */
function remembered<Subject extends object, Change extends object>(
  make: (subject: Subject, change: Change) => Subject,
): (subject: Subject, change: Change) => Subject {
  const last = new WeakMap<Subject, { readonly change: Change; readonly made: Subject }>()
  return (subject, change) => {
    const known = last.get(subject)
    if (known?.change === change) return known.made
    const made = make(subject, change)
    last.set(subject, { change, made })
    return made
  }
}
