// Why Muster does not start: the static configuration cannot be used as it is.

export type SettingsCode =
  | 'unknown-option'
  | 'bad-value'
  /** Traefik has it, Muster does not. */
  | 'unsupported-option'
  /** A configuration file that is not there, cannot be opened or is not YAML or TOML. */
  | 'unreadable-file'
  | 'missing-value'
  /** A word that is no option. */
  | 'unexpected-argument'

/** The message has a line for each thing that is wrong, naming the option as written; the code is that of the first. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code: SettingsCode

  constructor(code: SettingsCode, message: string) {
    super(message)
    this.code = code
  }
}
