// File, command line, environment → Settings. One of them counts, as with Traefik: the first that says anything.
import type { Finding } from '../labels/finding.ts'
import type { Tree } from '../labels/tree.ts'
import { findConfigFile } from './config-file.ts'
import type { ConfigFile, ReadFile } from './config-file.ts'
import { decodeSettings } from './decode-settings.ts'
import type { OptionTree } from './decode-settings.ts'
import { readEnvironment } from './read-environment.ts'
import type { Environment } from './read-environment.ts'
import { readFlags } from './read-flags.ts'
import { settingsSchema } from './settings-schema.ts'
import type { Settings } from './settings.ts'

export interface SettingsSources {
  /** Without the command. */
  readonly argv: readonly string[]
  readonly env: Environment
  readonly readFile: ReadFile
}

export interface ParsedSettings {
  readonly settings: Settings
  /** Where they came from, for the log: a file's path, `flags`, `environment variables` or `defaults`. */
  readonly source: string
}

/** Rejects with a SettingsError that names every option that is wrong, and the nearest one that exists. */
export async function parseSettings({ argv, env, readFile }: SettingsSources): Promise<ParsedSettings> {
  const flags = readFlags(argv, settingsSchema)
  const environment = readEnvironment(env, settingsSchema)
  const named = flags.children.get('configfile')?.text?.trim() ?? ''
  flags.children.delete('configfile')
  const file = findConfigFile(named, env, readFile)
  const given = [
    { source: 'flags', tree: flags },
    { source: 'environment variables', tree: environment },
  ].filter(({ tree }) => tree.children.size > 0)

  const used = file === undefined ? given.shift() : { source: file.path, ...(await readFileTree(file)) }
  if (used === undefined) return { settings: decodeSettings({ tree: flags }), source: 'defaults' }
  const settings = decodeSettings(used)
  const notRead = given.map(
    ({ source, tree }) => `${source} are not read, the configuration is from ${used.source} (${optionsOf(tree)})`,
  )
  return { settings: { ...settings, warnings: [...settings.warnings, ...notRead] }, source: used.source }
}

/** The parsers are loaded for a file alone: a health check every few seconds has better things to do. */
async function readFileTree({ path, text }: ConfigFile): Promise<OptionTree> {
  const { readDocument } = await import('./read-document.ts')
  const findings: Finding[] = []
  return { ...readDocument(path, text, (finding) => findings.push(finding)), findings }
}

function optionsOf(tree: Tree): string {
  const fields: string[] = []
  const visit = ({ text, field, children }: Tree): void => {
    if (text !== undefined) fields.push(field)
    for (const child of children.values()) visit(child)
  }
  visit(tree)
  return fields.join(', ')
}
