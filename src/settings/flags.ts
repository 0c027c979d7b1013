// The command line alone → Settings, whatever else there is on the machine.
import { decodeSettings } from './decode-settings.ts'
import { readFlags } from './read-flags.ts'
import { settingsSchema } from './settings-schema.ts'
import type { Settings } from './settings.ts'

/** Throws a SettingsError that names every option that is wrong, and the nearest one that exists. */
export function parseFlags(argv: readonly string[]): Settings {
  return decodeSettings({ tree: readFlags(argv, settingsSchema) })
}
