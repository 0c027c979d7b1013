// The access log's file: appended to by one writer at a time, whatever pace the disk keeps.
import { mkdir, open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface AccessFileOptions {
  readonly path: string
  /** Text that waits for the disk, in bytes; lines beyond it are lost. Default: 16 MiB. */
  readonly waitingBytesMax?: number
  /**
   * The file could not be written, or not opened anew: then the old one goes on. Told once until it can be written again;
   * the lines are lost.
   */
  readonly onError: (error: unknown) => void
  /** So many lines were lost since it was last told. Told once there is room again. */
  readonly onLost: (lines: number) => void
}

const waitingBytesMax = 16 * 1024 * 1024

/** Makes the directory if need be. Rejects when the file cannot be opened: at the start that is a mistake to be told. */
export async function openAccessFile(options: AccessFileOptions): Promise<AccessFile> {
  await mkdir(dirname(options.path), { recursive: true, mode: 0o755 })
  return new AccessFile(options, await openForAppend(options.path))
}

/** Traefik's mode, less the umask. */
function openForAppend(path: string): Promise<FileHandle> {
  return open(path, 'a', 0o664)
}

export class AccessFile implements AsyncDisposable {
  readonly #options: AccessFileOptions
  readonly #max: number
  #file: FileHandle
  #waiting: string[] = []
  #waitingBytes = 0
  #lost = 0
  #reopens = false
  #failing = false
  #working: Promise<void> | undefined

  /** Made by `openAccessFile`. */
  constructor(options: AccessFileOptions, file: FileHandle) {
    this.#options = options
    this.#max = options.waitingBytesMax ?? waitingBytesMax
    this.#file = file
  }

  /** One line, without its end. Never throws, never waits. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line) + 1
    if (this.#waitingBytes + bytes > this.#max) {
      this.#lost++
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += bytes
    this.#working ??= this.#work()
  }

  /** The file at the path may be another by now: logrotate has moved this one away. */
  reopen(): void {
    this.#reopens = true
    this.#working ??= this.#work()
  }

  /** Resolves when all lines are written and the file is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#working
    await this.#file.close()
  }

  async #work(): Promise<void> {
    // What is written in the same turn goes out together.
    await Promise.resolve()
    while (this.#waiting.length > 0 || this.#reopens) {
      try {
        if (this.#reopens) await this.#openAnew()
        await this.#writeWaiting()
      } catch (error) {
        if (!this.#failing) this.#options.onError(error)
        this.#failing = true
      }
    }
    this.#working = undefined
  }

  async #openAnew(): Promise<void> {
    this.#reopens = false
    const before = this.#file
    this.#file = await openForAppend(this.#options.path)
    await before.close()
  }

  async #writeWaiting(): Promise<void> {
    const lines = this.#waiting
    const bytes = this.#waitingBytes
    this.#waiting = []
    if (lines.length === 0) return
    try {
      await this.#file.appendFile(`${lines.join('\n')}\n`)
    } catch (error) {
      this.#lost += lines.length
      throw error
    } finally {
      this.#waitingBytes -= bytes
    }
    this.#failing = false
    if (this.#lost === 0) return
    this.#options.onLost(this.#lost)
    this.#lost = 0
  }
}
