// What of a balancer or a member is not as declared, because people changed it.
import type { BalancerEdit, Edits, MemberEdit } from '../edits/edit.ts'
import type { QualifiedName } from '../model/qualified-name.ts'

export function editedBalancer(edits: Edits, service: QualifiedName): { edited: BalancerEdit | undefined } {
  return { edited: edits.get(service)?.balancer }
}

export function editedMember(edits: Edits, service: QualifiedName, slot: string): { edited: MemberEdit | undefined } {
  return { edited: edits.get(service)?.members.get(slot) }
}
