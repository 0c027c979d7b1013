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

/** Never rejects. */
export async function readText(path: string): Promise<FileText> {
  try {
    // Non-blocking: opening a named pipe would otherwise wait for a writer, for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const { size } = await file.stat().then((stats) => (stats.isFile() ? stats : { size: -1 }))
    if (size === -1) return { kind: 'unreadable', reason: 'not a regular file' }
    if (size > fileBytesMax) return { kind: 'unreadable', reason: `larger than ${fileBytesMax / 1024 / 1024} MiB` }
    const text = await file.readFile('utf8')
    return text.trim() === '' ? { kind: 'empty' } : { kind: 'text', text }
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' }
    return { kind: 'unreadable', reason: `cannot be read (${code})` }
  }
}
