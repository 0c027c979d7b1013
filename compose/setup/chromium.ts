// A browser for the tests of the pages: the system's Chromium, installed from the package archive where that is possible.
import { realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { installPackages, whyNoPackages } from './apt.ts'
import { SetupError } from './run.ts'
import { step } from './step.ts'

export type Chromium =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string }

const names = ['chromium', 'chromium-browser', 'google-chrome'] as const

/** Where the browser is, or why there is none: a reason for skipping. */
export async function ensureChromium(): Promise<Chromium> {
  const present = await findChromium()
  if (present !== undefined) return { kind: 'found', path: present }
  const obstacle = await whyNoPackages()
  if (obstacle !== undefined) return { kind: 'missing', reason: `Chromium is not installed, and ${obstacle}` }
  try {
    await step('installing Chromium (apt-get install chromium)', () => installPackages(['chromium']))
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return { kind: 'missing', reason: `Chromium could not be installed: ${error.message}` }
  }
  const installed = await findChromium()
  if (installed !== undefined) return { kind: 'found', path: installed }
  return { kind: 'missing', reason: 'Chromium was installed, but is not in PATH' }
}

async function findChromium(): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of names) {
      const path = await realpath(join(directory, name)).catch(() => undefined)
      if (path !== undefined) return path
    }
  }
  return undefined
}
