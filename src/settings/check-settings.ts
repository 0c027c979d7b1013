// What only the whole can tell: references between options, and options that exclude one another.
import type { Finding, Report } from '../labels/finding.ts'
import type { Infer } from '../labels/schema.ts'
import type { Tree } from '../labels/tree.ts'
import { didYouMean } from '../model/nearest.ts'
import { notYet } from './not-yet.ts'
import type { settingsSchema } from './settings-schema.ts'
import type { Settings } from './settings.ts'

type Options = Infer<typeof settingsSchema>
type Tell = (option: string, reason: string, rest?: { hint?: string | undefined; what?: Finding['what'] }) => void

/** `tree`: where the options came from, so that each is named as it was written there. */
export function checkSettings(
  { entryPoints }: Pick<Settings, 'entryPoints'>,
  options: Options,
  tree: Tree,
  report: Report,
): void {
  const tell: Tell = (option, reason, { hint, what = 'value' } = {}) => {
    const severity = what === 'ignored' ? 'warning' : 'error'
    report({ what, severity, field: fieldOf(tree, option), object: undefined, reason, hint })
  }
  const { ping, metrics, providers } = options
  for (const [page, at] of [
    ['ping', ping],
    ['metrics.prometheus', metrics.prometheus],
  ] as const) {
    if (at === undefined || at.manualRouting || entryPoints.has(at.entryPoint)) continue
    tell(`${page}.entryPoint`, ...noEntryPoint(at.entryPoint, entryPoints))
  }
  for (const [name, entryPoint] of options.entryPoints) checkEntryPoint(name, entryPoint.http, entryPoints, tell)
  checkProviders(providers, tell)
}

function checkEntryPoint(
  name: string,
  http: Options['entryPoints'] extends ReadonlyMap<string, infer E extends { http: unknown }> ? E['http'] : never,
  entryPoints: Settings['entryPoints'],
  tell: Tell,
): void {
  const at = `entryPoints.${name}.http`
  const { aliasHeadersStrategy, underscoreHeadersStrategy, redirections, tls } = http
  if (tls !== undefined) tell(`${at}.tls`, notYet.tls, { what: 'ignored' })
  if (aliasHeadersStrategy === 'delete' || aliasHeadersStrategy === 'reject') {
    tell(`${at}.aliasHeadersStrategy`, notYet.aliases, { what: 'ignored' })
  }
  if (
    aliasHeadersStrategy !== undefined &&
    (underscoreHeadersStrategy ?? aliasHeadersStrategy) !== aliasHeadersStrategy
  ) {
    const hint = 'leave underscoreHeadersStrategy out, it is the older name'
    tell(`${at}.underscoreHeadersStrategy`, 'aliasHeadersStrategy says otherwise', { hint })
  }
  const { to } = redirections.entryPoint ?? {}
  if (to === undefined) return
  const field = `${at}.redirections.entryPoint.to`
  if (!/^:\d{1,5}$/.test(to) && !entryPoints.has(to)) tell(field, ...noEntryPoint(to, entryPoints))
}

function checkProviders({ docker, file }: Options['providers'], tell: Tell): void {
  if (file !== undefined && file.filename === undefined && file.directory === undefined) {
    tell('providers.file', 'the file provider needs a filename or a directory')
  }
  for (const [index, { hosts }] of (docker?.hostPolicy ?? []).entries()) {
    if (hosts.length > 0) continue
    tell(`providers.docker.hostPolicy.[${index}]`, 'a host policy needs hosts: the ones it grants')
  }
}

function noEntryPoint(name: string, entryPoints: Settings['entryPoints']): [string, { hint: string | undefined }] {
  return [`entrypoint "${name}" does not exist`, { hint: didYouMean(name, entryPoints.keys()) }]
}

/** As the user wrote it, or as far as the user wrote it; the name of the option where it is a default that is wrong. */
function fieldOf(tree: Tree, option: string): string {
  let place: Tree | undefined = tree
  for (const name of option.split('.')) place = place?.children.get(name.toLowerCase())
  return place?.field ?? option
}
