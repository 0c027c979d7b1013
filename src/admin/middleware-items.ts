import type { HeadersConfig, MiddlewareConfig } from '../model/dynamic-config.ts'
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

/** Hashes of passwords, keys and tokens are nobody's business, least of all a page's; also under the names plugins give them. */
const secret = /^users$|password|passwd|passphrase|secret|(?:^|api|private|session|lapi)_?key$|token$|credentials?$/i
/** Fields that let whoever knows them in. */
const secretField = /^(?:proxy-)?authorization$|^cookie$|^set-cookie$|key$|token$|secret|password/i

function optionsOf(config: MiddlewareConfig): object {
  if (config.kind === 'pending') return hideSecrets(config.options)
  const { kind, ...options } = config
  if (kind === 'headers') return withoutZeros({ ...options, ...secretFields(config) })
  // Traefik leaves out what is off, but here `location` is on unless it says otherwise.
  return kind === 'passReverse' ? options : withoutZeros(options)
}

function secretFields({ customRequestHeaders, customResponseHeaders }: HeadersConfig): Partial<HeadersConfig> {
  const hide = (fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
    new Map([...fields].map(([name, value]) => [name, value !== '' && secretField.test(name) ? 'xxxx' : value]))
  return { customRequestHeaders: hide(customRequestHeaders), customResponseHeaders: hide(customResponseHeaders) }
}

function withoutZeros(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== false && value !== 0))
}

function hideSecrets(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).map(withoutSecret))
}

function withoutSecret([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  return [name, secret.test(name) ? hidden(value) : below(value)]
}

function below(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(below)
  if (typeof value === 'string') return value.replace(userInfo, '$1xxxx@')
  if (value instanceof Map) return new Map([...(value as ReadonlyMap<string, unknown>)].map(withoutSecret))
  return typeof value === 'object' && value !== null ? hideSecrets({ ...value }) : value
}

/** `http://name:password@host`: the address of whoever is asked for every request. */
const userInfo = /^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i

function hidden(value: unknown): unknown {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.map(() => 'xxxx') : 'xxxx'
}
