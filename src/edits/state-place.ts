import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where the state is kept; undefined: nowhere. Empty text asks for that; the usual place counts where it is prepared. */
export async function statePlace(asked: string | undefined, usual: string): Promise<string | undefined> {
  if (asked !== undefined) return asked === '' ? undefined : asked
  try {
    await access(dirname(usual), constants.W_OK | constants.X_OK)
    return usual
  } catch {
    return undefined
  }
}
