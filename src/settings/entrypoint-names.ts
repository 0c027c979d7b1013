import { internalEntryPoint } from './settings.ts'
import type { Settings } from './settings.ts'

export interface EntryPointNames {
  readonly entryPoints: readonly string[]
  /** Those a router stands on that names none: the ones marked `asDefault`, else all but `traefik`. */
  readonly defaultEntryPoints: readonly string[]
}

export function entryPointNames({ entryPoints }: Pick<Settings, 'entryPoints'>): EntryPointNames {
  const all = [...entryPoints]
  const marked = all.filter(([, { asDefault }]) => asDefault)
  const byDefault = marked.length > 0 ? marked : all.filter(([name]) => name !== internalEntryPoint)
  return { entryPoints: all.map(([name]) => name), defaultEntryPoints: byDefault.map(([name]) => name) }
}
