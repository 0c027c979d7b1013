// One configuration file as text.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  /** Nothing but space in it, as in the middle of a write that truncates first. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string }

const fileBytesMax = 4 * 1024 * 1024

const tooLarge = { kind: 'unreadable', reason: `larger than ${fileBytesMax / 1024 / 1024} MiB` } as const

/** Never rejects. */
export async function readText(path: string): Promise<FileText> {
  try {
    // Non-blocking: opening a named pipe would otherwise wait for a writer, for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) return { kind: 'unreadable', reason: 'not a regular file' }
    if (stats.size > fileBytesMax) return tooLarge
    const text = await file.readFile('utf8')
    // It may have grown meanwhile.
    if (Buffer.byteLength(text) > fileBytesMax) return tooLarge
    return text.trim() === '' ? { kind: 'empty' } : { kind: 'text', text }
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' }
    return { kind: 'unreadable', reason: `cannot be read (${code})` }
  }
}
