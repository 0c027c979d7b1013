// How a ProxyPass maps paths → middlewares: `/app/x` to `/x` and, in answers, back again.
import { fieldsOf } from '../piece.ts'
import type { Fields } from '../piece.ts'
import { cited } from '../remark.ts'
import type { Tell } from '../remark.ts'
import { inherited } from './draft.ts'
import type { HostDraft, Mapping, Pass } from './draft.ts'

/** What a middleware is for, which becomes part of its name, and what it is. */
export type Step = readonly [name: string, fields: Fields]

interface Mapped {
  readonly pass: Pass
  readonly host: HostDraft
  /** Of its service's members. */
  readonly memberPath: string
  readonly tell: Tell
}

export function requestSteps({ pass, memberPath, tell }: Mapped): readonly Step[] {
  const target = pass.target?.path ?? ''
  if (pass.isRegex) return regexSteps(pass.path, target, memberPath)
  tellOfSlashes(pass, target, tell)
  const from = bare(pass.path)
  const to = `${memberPath}${bare(target)}`
  if (from === to) return []
  return [...(from === '' ? [] : [step('strip', 'stripPrefix', { prefixes: [from] })]), ...prefixSteps(to)]
}

function prefixSteps(prefix: string): readonly Step[] {
  return prefix === '' ? [] : [step('add', 'addPrefix', { prefix })]
}

/** Without a `$1` Apache appends the path; with one, what it makes is the whole of the new path. */
function regexSteps(pattern: string, target: string, memberPath: string): readonly Step[] {
  if (!/\$\d/.test(target)) return prefixSteps(`${memberPath}${bare(target)}`)
  const isWhole = pattern.startsWith('^') && pattern.endsWith('$') && !pattern.includes('|')
  const regex = isWhole ? pattern : `^.*?(?:${pattern}).*$`
  const path = `/${target.replace(/^\/+/, '')}`
  const replacement = `${memberPath}${path}`.replaceAll(/\$(\d)/g, '$${$1}')
  return [step('replace', 'replacePathRegex', { regex, replacement })]
}

function tellOfSlashes({ path, line, text }: Pass, target: string, tell: Tell): void {
  const isOpen = path.endsWith('/')
  if (isOpen === target.endsWith('/')) return
  const outcome = isOpen
    ? `"${path}" ends with "/" and where it leads does not: Apache puts them together without one, and fails`
    : `where it leads ends with "/" and "${path}" does not: Apache asks members for "//…"`
  tell(line, 'warning', `${cited(text)}: ${outcome}. Read as if both did`)
}

/** ProxyPassReverse and its forms for cookies; undefined: none holds for these paths. */
export function answerStep(mapped: Mapped, used: Set<Mapping>): Step | undefined {
  const { pass, host, memberPath, tell } = mapped
  const reverses = inherited(host, (each) => each.reverses).filter(({ from }) => holdsFor(from, pass))
  for (const reverse of reverses) used.add(reverse)
  const cookiePath = mappings(host, (each) => each.cookiePaths, used)
  const cookieDomain = mappings(host, (each) => each.cookieDomains, used)
  if (reverses.length === 0 && cookiePath.size === 0 && cookieDomain.size === 0) return undefined
  const from = bare(pass.path)
  const to = `${memberPath}${bare(pass.target?.path ?? '')}`
  const [first] = reverses
  if (first !== undefined && to !== '' && to !== from && !pass.isRegex) {
    tell(first.line, 'warning', `Muster cannot take "${to}" off what members say in Location`)
  }
  const prefix = pass.isRegex || from === '' || from === to ? undefined : from
  return step('back', 'passReverse', {
    prefix,
    location: first !== undefined,
    cookiePath: cookiePath.size === 0 ? undefined : cookiePath,
    cookieDomain: cookieDomain.size === 0 ? undefined : cookieDomain,
  })
}

function holdsFor(from: string, { path, isRegex }: Pass): boolean {
  return isRegex ? bare(from) === '' || path.startsWith(`^${bare(from)}`) : bare(from) === bare(path)
}

function mappings(host: HostDraft, pick: (host: HostDraft) => readonly Mapping[], used: Set<Mapping>): Fields {
  const all = inherited(host, pick)
  for (const mapping of all) used.add(mapping)
  return new Map(all.map(({ from, to }) => [from, to]))
}

function step(name: string, kind: string, options: Parameters<typeof fieldsOf>[0]): Step {
  return [name, new Map([[kind, fieldsOf(options)]])]
}

function bare(path: string): string {
  return path.replace(/\/+$/, '')
}
