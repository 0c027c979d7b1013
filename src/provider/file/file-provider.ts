// Configuration from YAML and TOML files, followed while they change.
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Provider, ProviderReport } from '../provider.ts'
import { declareFiles, providerName } from './declare-files.ts'
import type { FileOptions } from './find-files.ts'
import { look, nothingSeen } from './look.ts'
import { watchHints } from './watch-hints.ts'
import type { Hints } from './watch-hints.ts'

export interface FileProviderOptions extends FileOptions {
  /** False reads once. */
  readonly watch: boolean
  readonly timing?: Partial<FileTiming>
}

/** All in milliseconds. */
export interface FileTiming {
  /** A save is over when nothing stirred for so long, and at the latest after `ceilingMs`. */
  readonly quietMs: number
  readonly ceilingMs: number
  /** How long a file may be gone or empty before that is believed. */
  readonly doubtMs: number
  /** How often to look without a hint: file systems exist that tell nothing. */
  readonly rescanMs: number
}

const usualTiming: FileTiming = { quietMs: 50, ceilingMs: 500, doubtMs: 500, rescanMs: 10_000 }

/**
 * Publishes at once, even when there is nothing to read yet, then after each change of content. A file that cannot be
 * understood or read keeps its last good content and is a problem.
 */
export function createFileProvider(options: FileProviderOptions): Provider {
  const timing = { ...usualTiming, ...options.timing }
  return { name: providerName, run: (report, signal) => run(options, timing, report, signal) }
}

async function run(
  options: FileProviderOptions,
  timing: FileTiming,
  report: ProviderReport,
  signal: AbortSignal,
): Promise<void> {
  // Before the first look, so that no change falls between.
  await using hints = options.watch ? watchPlace(options, report) : undefined
  let seen = nothingSeen
  let published: ReturnType<typeof declareFiles> | undefined
  let doubtSince: number | undefined
  while (!signal.aborted) {
    const confirmed = doubtSince !== undefined && performance.now() - doubtSince >= timing.doubtMs
    seen = await look(options, seen, confirmed)
    if (signal.aborted) return
    doubtSince = seen.doubtful ? (doubtSince ?? performance.now()) : undefined
    const declaration = declareFiles(seen)
    if (!isDeepStrictEqual(declaration, published)) {
      const what = published === undefined ? 'file list' : 'file changed'
      published = declaration
      report.publish({ ...declaration, cause: { what, at: Date.now() } })
    }
    if (hints === undefined) return await untilAborted(signal)
    await untilWorthALook(hints, timing, seen.doubtful, signal)
  }
}

function watchPlace(options: FileOptions, { log }: ProviderReport): Hints {
  const { directory, filename = '' } = options
  const place = directory ?? dirname(filename)
  let told = false
  return watchHints(place, directory !== undefined, (err) => {
    // Once is enough: what cannot be watched fails again at every stir around it.
    log[told ? 'debug' : 'warn'](
      { provider: providerName, directory: place, err },
      'watching files failed; they are still read in turn',
    )
    told = true
  })
}

async function untilWorthALook(
  hints: Hints,
  timing: FileTiming,
  doubtful: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { quietMs, ceilingMs, doubtMs, rescanMs } = timing
  if (!(await hints.next(doubtful ? doubtMs : rescanMs, signal))) return
  // Editors save in steps; what is read in between is half of it.
  const start = performance.now()
  while (performance.now() - start < ceilingMs && (await hints.next(quietMs, signal)));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
