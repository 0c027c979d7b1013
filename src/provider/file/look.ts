// One look at all files: what each says now, or what it last said while it cannot be understood.
import { dirname } from 'node:path'
import { decodeDocument } from '../../labels/decode-document.ts'
import type { DecodedDocument } from '../../labels/decode-document.ts'
import { findFiles } from './find-files.ts'
import type { FileOptions } from './find-files.ts'
import { parseFile } from './parse-file.ts'
import { readText } from './read-file.ts'
import type { FileText } from './read-file.ts'

/** What is known of one file. */
export interface FileState {
  /** As last read, good or bad; undefined when it could not be read. */
  readonly text: string | undefined
  /** Its last good content; undefined when it never had any. */
  readonly good: DecodedDocument | undefined
  /** Why `good` is not what the file says now. */
  readonly trouble: Trouble | undefined
}

export interface Trouble {
  /** `line:column`, undefined when the whole file is meant. */
  readonly position: string | undefined
  readonly reason: string
  readonly hint: string | undefined
}

export interface Look {
  /** By path, sorted. */
  readonly files: ReadonlyMap<string, FileState>
  readonly directoryTroubles: ReadonlyMap<string, string>
  /** The directory to read, when it does not exist (yet). */
  readonly missingDirectory: string | undefined
  /** A file that had content is gone or empty. That may be half of a save, so it still counts with what it said. */
  readonly doubtful: boolean
}

export const nothingSeen: Look = {
  files: new Map(),
  directoryTroubles: new Map(),
  missingDirectory: undefined,
  doubtful: false,
}

/** `confirmed`: believe that what is gone or empty is meant to be. Never rejects. */
export async function look(options: FileOptions, before: Look, confirmed: boolean): Promise<Look> {
  const found = await findFiles(options)
  const files = new Map<string, FileState>()
  let doubtful = false
  for (const path of [...new Set([...found.paths, ...before.files.keys()])].sort()) {
    const known = before.files.get(path)
    const read: FileText = isBelow(path, found.unreadable)
      ? { kind: 'unreadable', reason: 'its directory cannot be read' }
      : await readText(path)
    const vanished = read.kind === 'absent' || read.kind === 'empty'
    if (vanished && known?.good !== undefined && !confirmed) {
      doubtful = true
      files.set(path, known)
    } else {
      const state = stateOf(path, read, known)
      // A file that was named is missed; one of a directory is just not there.
      if (state !== undefined || path === options.filename) files.set(path, state ?? missed)
    }
  }
  const missingDirectory = found.missing ? options.directory : undefined
  return { files, directoryTroubles: found.unreadable, missingDirectory, doubtful }
}

export const readLater = 'it is read as soon as it appears'

const missed: FileState = {
  text: undefined,
  good: undefined,
  trouble: trouble(undefined, 'there is no such file', readLater),
}

function stateOf(path: string, read: FileText, known: FileState | undefined): FileState | undefined {
  switch (read.kind) {
    case 'absent':
      return undefined
    case 'empty':
      return { text: '', good: undefined, trouble: undefined }
    case 'unreadable':
      return { text: undefined, good: known?.good, trouble: trouble(undefined, read.reason) }
    case 'text':
      return read.text === known?.text ? known : understand(path, read.text, known?.good)
  }
}

function understand(path: string, text: string, lastGood: DecodedDocument | undefined): FileState {
  const parsed = parseFile(path, text)
  if (parsed.ok) return { text, good: decodeDocument(parsed.document), trouble: undefined }
  const hint = text.includes('{{') ? 'Go templates are not run: write the values out' : undefined
  return { text, good: lastGood, trouble: trouble(`${parsed.line}:${parsed.column}`, parsed.reason, hint) }
}

function trouble(position: string | undefined, reason: string, hint?: string): Trouble {
  return { position, reason, hint }
}

function isBelow(path: string, unreadable: ReadonlyMap<string, string>): boolean {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if (unreadable.has(directory)) return true
    if (directory === dirname(directory)) return false
  }
}
