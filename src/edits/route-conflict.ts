// Two members with one route would share each other's sessions: an edit must not bring that about.
import type { ServiceConfig } from '../model/service-config.ts'
import { routeOf } from '../model/route-of-slot.ts'
import { editService } from './apply-edits.ts'
import type { ServiceEdits } from './edit.ts'

/**
 * Who has the route that the slot would have with these edits; undefined: nobody. Slots that were edited and are not
 * there now count: their replicas may come back.
 */
export function routeConflict(declared: ServiceConfig, edits: ServiceEdits, slot: string): string | undefined {
  const { members } = editService(declared, edits)
  const own = members.find((member) => member.slot === slot)
  const route = own === undefined ? edits.members.get(slot)?.route : routeOf(own)
  if (route === undefined) return undefined
  const holder =
    members.find((member) => member.slot !== slot && routeOf(member) === route)?.slot ??
    [...edits.members].find(([other, edit]) => other !== slot && edit.route === route)?.[0]
  return holder && `route "${route}" is that of ${holder}: two members of one balancer cannot share it`
}
