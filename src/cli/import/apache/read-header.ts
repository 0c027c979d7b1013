// Header and RequestHeader: `[always] action name [value] [env=…|expr=…|early]`.
import type { Directive } from './sections.ts'
import type { Place } from './read-proxy.ts'

export function readHeader({ name: directive, args, line, text }: Directive, place: Place): void {
  const words = /^(always|onsuccess)$/i.test(args[0] ?? '') ? args.slice(1) : args
  const [action = '', name = '', ...rest] = words
  const isCondition = (word: string): boolean => /^(env=|expr=|early$)/i.test(word)
  const hasValue = !/^(unset|echo)$/i.test(action)
  const value = hasValue ? (rest[0] ?? '') : ''
  const last = rest.slice(hasValue ? 1 : 0).find(isCondition)
  if (name === '' || (hasValue && rest.length === 0)) {
    return place.tell(
      line,
      'error',
      `${directive} needs an action, a name and a value; Apache does not start with this`,
    )
  }
  place.host.headers.push({
    line,
    text,
    of: /^request/i.test(directive) ? 'request' : 'response',
    action: action.toLowerCase(),
    name: name.replace(/:$/, ''),
    value,
    condition: last,
    path: place.location?.path,
    balancer: place.balancer,
  })
}
