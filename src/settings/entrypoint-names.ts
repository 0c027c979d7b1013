// The entrypoints as routers see them.
import type { ObservabilityConfig } from '../model/dynamic-config.ts'
import { internalEntryPoint } from './settings.ts'
import type { EntryPointSettings } from './settings.ts'

export interface EntryPointNames {
  readonly entryPoints: ReadonlyMap<string, EntryPointForRouters>
  /** Those a router stands on that names none: the ones marked `asDefault`, else all but `traefik`. */
  readonly defaultEntryPoints: readonly string[]
}

export interface EntryPointForRouters {
  readonly middlewares: readonly string[]
  readonly tls: boolean
  /** For routers that say nothing of it themselves. */
  readonly observability: ObservabilityConfig | undefined
}

type Known = Pick<EntryPointSettings, 'asDefault' | 'middlewares' | 'tls' | 'observability'>

export function entryPointNames(settings: { readonly entryPoints: ReadonlyMap<string, Known> }): EntryPointNames {
  const all = [...settings.entryPoints]
  const marked = all.filter(([, { asDefault }]) => asDefault)
  const byDefault = marked.length > 0 ? marked : all.filter(([name]) => name !== internalEntryPoint)
  return {
    entryPoints: new Map(
      all.map(([name, { middlewares, tls, observability }]) => [
        name,
        { middlewares, tls: tls !== undefined, observability },
      ]),
    ),
    defaultEntryPoints: byDefault.map(([name]) => name),
  }
}
