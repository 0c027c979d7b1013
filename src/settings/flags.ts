// The command line → Settings. Environment and file will be two more readers of the same schema.
import { decode } from '../labels/decode.ts'
import type { Finding } from '../labels/finding.ts'
import type { Tree } from '../labels/tree.ts'
import { buildSettings } from './build-settings.ts'
import { readFlags } from './read-flags.ts'
import { SettingsError } from './settings-error.ts'
import type { SettingsCode } from './settings-error.ts'
import { settingsSchema } from './settings-schema.ts'
import type { Settings } from './settings.ts'

/** Throws a SettingsError that names every option that is wrong, and the nearest one that exists. */
export function parseFlags(argv: readonly string[]): Settings {
  return decodeSettings(readFlags(argv, settingsSchema))
}

function decodeSettings(tree: Tree): Settings {
  const findings: Finding[] = []
  const report = (finding: Finding): void => {
    findings.push(finding)
  }
  const settings = buildSettings(decode(settingsSchema, tree, report), report)
  const ignored = findings.filter(({ what }) => what === 'ignored').map(({ field }) => field ?? '')
  const wrong = findings.filter(({ what }) => what !== 'ignored')
  const [first] = wrong
  if (first !== undefined) throw new SettingsError(codes[first.what], wrong.map(lineFor).join('\n'))
  return { ...settings, ignored }
}

const codes: Readonly<Record<Finding['what'], SettingsCode>> = {
  unknown: 'unknown-option',
  unsupported: 'unsupported-option',
  value: 'bad-value',
  shape: 'bad-value',
  path: 'unknown-option',
  ignored: 'bad-value',
}

function lineFor({ field, reason, hint }: Finding): string {
  const option = field === undefined ? '' : `option "${field}": `
  return `${option}${reason}${hint === undefined ? '' : `; ${hint}`}`
}
