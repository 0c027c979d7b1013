// Tells that something near the files may have changed. Only a hint: the provider looks for itself.
import { watch } from 'chokidar'
import { isConfigPath } from './find-files.ts'

export interface Hints extends AsyncDisposable {
  /** Settles with true at the next hint, at once when there was one since the last call; with false after `ms`. */
  next(ms: number, signal: AbortSignal): Promise<boolean>
}

/**
 * Watches a directory, with what is below it or only its own entries; it may not exist yet. Being ready is a hint too:
 * what changed before that was not watched.
 */
export function watchHints(directory: string, deep: boolean, onError: (error: unknown) => void): Hints {
  let hinted = false
  let wake: () => void = () => undefined
  const hint = (): void => {
    hinted = true
    wake()
  }
  const watcher = watch(directory, {
    ignoreInitial: true,
    ...(deep ? { ignored: (path, stats) => stats?.isFile() === true && !isConfigPath(path) } : { depth: 0 }),
  })
  watcher.on('all', hint).on('ready', hint).on('error', onError)
  return {
    async next(ms, signal) {
      if (!hinted && !signal.aborted) await pause(ms, signal, (resolve) => (wake = resolve))
      const had = hinted
      hinted = false
      return had
    },
    async [Symbol.asyncDispose]() {
      await watcher.close()
    },
  }
}

/** Settles after `ms`, when aborted, or when whoever was given `resolve` calls it. */
function pause(ms: number, signal: AbortSignal, give: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    give(done)
  })
}
