import type { MiddlewareConfig } from '../model/dynamic-config.ts'
import { item } from './item.ts'
import type { Item } from './item.ts'
import type { AdminSources } from './sources.ts'

export function middlewareItems({ store }: Pick<AdminSources, 'store'>): readonly Item[] {
  return [...store.current.middlewares].map(([name, { config, status, errors, usedBy }]) => {
    const type = config.kind === 'pending' ? config.type : config.kind
    return item(
      name,
      { status, type: type.toLowerCase() },
      { [type]: optionsOf(config), status, error: errors, usedBy },
    )
  })
}

/** Hashes of passwords and keys are nobody's business, least of all a page's. */
const secret = /^(?:users|password|secret|key|token)$/i

function optionsOf(config: MiddlewareConfig): object {
  if (config.kind === 'pending') return hideSecrets(config.options)
  const { kind: _kind, ...options } = config
  return options
}

function hideSecrets(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, secret.test(name) ? hidden(value) : below(value)]),
  )
}

function below(value: unknown): unknown {
  const isOptions = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isOptions ? hideSecrets(value instanceof Map ? Object.fromEntries(value) : { ...value }) : value
}

function hidden(value: unknown): unknown {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.map(() => 'xxxx') : 'xxxx'
}
