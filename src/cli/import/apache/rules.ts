// Which requests a ProxyPass takes → the rule of a router.
import type { Rule } from '../../../router/rule.ts'
import type { HostDraft, Pass } from './draft.ts'

/** Undefined: any host. */
function hostRule({ names }: HostDraft): Rule | undefined {
  return oneOf(hostNames(names).map(hostCall))
}

export function hostNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(hostName))].filter((name) => name !== '')
}

/** ServerName may have a scheme and a port. */
function hostName(written: string): string {
  return written
    .replace(/^https?:\/\//i, '')
    .replace(/(:\d+)?\.?$/, '')
    .toLowerCase()
}

function hostCall(name: string): Rule {
  if (!/[*?]/.test(name)) return { kind: 'call', name: 'Host', args: [name] }
  const pattern = name.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) =>
    sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`,
  )
  return { kind: 'call', name: 'HostRegexp', args: [`^${pattern}$`] }
}

/** A path of Apache's ends where a segment does: `/app` takes `/app/x`, but not `/apple`. */
function pathRule({ path, isRegex }: Pick<Pass, 'path' | 'isRegex'>): Rule {
  if (isRegex) return { kind: 'call', name: 'PathRegexp', args: [path] }
  const below: Rule = { kind: 'call', name: 'PathPrefix', args: [path.endsWith('/') ? path : `${path}/`] }
  if (path.endsWith('/')) return below
  return { kind: 'or', operands: [{ kind: 'call', name: 'Path', args: [path] }, below] }
}

export function ruleOf(host: HostDraft, pass: Pass, without: readonly Pass[]): Rule {
  const hosts = hostRule(host)
  const isAll = !pass.isRegex && pass.path === '/'
  const operands = [
    ...(hosts === undefined ? [] : [hosts]),
    ...(isAll && hosts !== undefined ? [] : [pathRule(pass)]),
    ...without.map((other): Rule => ({ kind: 'not', operand: pathRule(other) })),
  ]
  const [first] = operands
  return operands.length === 1 && first !== undefined ? first : { kind: 'and', operands }
}

/** Every path that `narrow` takes `broad` takes as well: certain when true. */
export function coversPath(broad: Pass, narrow: Pass): boolean {
  if (broad.isRegex || narrow.isRegex) return broad.isRegex && narrow.isRegex && broad.path === narrow.path
  return narrow.path === broad.path || narrow.path.startsWith(broad.path.replace(/\/?$/, '/'))
}

/** Some path may be taken by both. */
export function meetsPath(one: Pass, other: Pass): boolean {
  return one.isRegex || other.isRegex || coversPath(one, other) || coversPath(other, one)
}

function oneOf(rules: readonly Rule[]): Rule | undefined {
  return rules.length > 1 ? { kind: 'or', operands: rules } : rules[0]
}
