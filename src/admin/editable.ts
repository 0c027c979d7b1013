// Whether edits are taken where a request came in: whoever is let in there must be meant to be.
import type { InternalRequest } from '../exchange/internal.ts'
import { qualify, providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { AdminSources } from './sources.ts'

/** Kinds that let in only whom they know. */
const authenticating: ReadonlySet<string> = new Set(['basicAuth', 'digestAuth', 'forwardAuth'])
/** As deep as chains may lie in chains. */
const depthMax = 16

/** Why not; undefined: they are. */
export function whyReadOnly({ router }: InternalRequest, sources: AdminSources): string | undefined {
  const { settings } = sources
  const name = router as QualifiedName | undefined
  // These exist with --api.insecure only, which says that everybody who reaches that entrypoint may.
  if (settings.api.edit || name === 'api@internal' || name === 'dashboard@internal') return undefined
  if (name !== undefined && isAuthenticated(name, sources)) return undefined
  return (
    `edits are not taken through the router "${router ?? ''}", which lets everybody in: give it an authenticating ` +
    'middleware, start Muster with --api.edit if something before it does that, or use the entrypoint of --api.insecure'
  )
}

/** By the router itself, or by every entrypoint it stands on. */
function isAuthenticated(router: QualifiedName, { settings, store }: AdminSources): boolean {
  const info = store.current.routers.get(router)
  if (info === undefined) return false
  const { middlewares } = store.current
  const authenticates = (name: QualifiedName, depth: number): boolean => {
    const config = middlewares.get(name)?.config
    if (config?.kind === 'pending') return authenticating.has(config.type)
    if (config?.kind !== 'chain' || depth === depthMax) return false
    return config.middlewares.some((part) => authenticates(part as QualifiedName, depth + 1))
  }
  const anyOf = (references: readonly string[]): boolean =>
    references.some((reference) => authenticates(qualify(reference, providerOf(router)), 0))
  const entryPoints = info.using.map((name) => settings.entryPoints.get(name)?.middlewares ?? [])
  return anyOf(info.config.middlewares) || (entryPoints.length > 0 && entryPoints.every(anyOf))
}
