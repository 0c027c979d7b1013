// A tree of options → Settings, or all that is wrong with it.
import { decode } from '../labels/decode.ts'
import type { Finding } from '../labels/finding.ts'
import type { Tree } from '../labels/tree.ts'
import { buildSettings } from './build-settings.ts'
import { checkSettings } from './check-settings.ts'
import { isNotYet } from './not-yet.ts'
import { SettingsError } from './settings-error.ts'
import type { SettingsCode } from './settings-error.ts'
import { settingsSchema } from './settings-schema.ts'
import type { Settings } from './settings.ts'

export interface OptionTree {
  readonly tree: Tree
  /** Found out while it was read. */
  readonly findings?: readonly Finding[]
  /** What goes before a message about an option. */
  readonly placeOf?: (field: string) => string
}

/** Throws a SettingsError that names every option that is wrong, and the nearest one that exists. */
export function decodeSettings({ tree, findings: before = [], placeOf = () => '' }: OptionTree): Settings {
  const findings = [...before]
  const report = (finding: Finding): void => {
    findings.push(finding)
  }
  const options = decode(settingsSchema, tree, report)
  const settings = buildSettings(options)
  checkSettings(settings, options, tree, report)

  const wrong = findings.filter(({ what }) => what !== 'ignored')
  const [first] = wrong
  if (first !== undefined) {
    throw new SettingsError(codes[first.what], wrong.map((finding) => lineFor(finding, placeOf)).join('\n'))
  }
  const warned = Map.groupBy(findings, ({ reason }) => (isNotYet(reason) ? reason : ''))
  const ignored = fieldsOf(warned.get('') ?? [])
  warned.delete('')
  return { ...settings, ignored, warnings: [...warned].map(([reason, of]) => `${reason} (${fieldsOf(of).join(', ')})`) }
}

function fieldsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ field }) => field ?? ''))]
}

const codes: Readonly<Record<Finding['what'], SettingsCode>> = {
  unknown: 'unknown-option',
  unsupported: 'unsupported-option',
  value: 'bad-value',
  shape: 'bad-value',
  path: 'unknown-option',
  ignored: 'bad-value',
}

function lineFor({ field, reason, hint }: Finding, placeOf: (field: string) => string): string {
  const option = field === undefined ? '' : `option "${field}": `
  return `${placeOf(field ?? '')}${option}${reason}${hint === undefined ? '' : `; ${hint}`}`
}
