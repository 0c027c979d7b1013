import type { QualifiedName } from './qualified-name.ts'

/**
 * The identity member state is kept under: the service and the member's id in it, never its address. Two services may
 * use one container differently, and an address is given to another container the moment it is free.
 */
export function memberKey(service: QualifiedName, id: string): string {
  return `${service}|${id}`
}
