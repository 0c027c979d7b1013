// The small file that outlives the process: edits, and the secret that sticky cookies are keyed with. It is replaced as a
// whole or not at all.
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { editsOf } from './edit.ts'
import type { Edits, FieldChanges } from './edit.ts'
import { isObject, readEdit } from './read-edit.ts'
import type { AskedEdit } from './read-edit.ts'

export interface State {
  /** 32 bytes in base64; undefined: the file has none. */
  readonly secret: string | undefined
  readonly edits: Edits
}

export type ReadState =
  /** `faults`: what could not be read of it, a sentence each. The rest counts. */
  | { readonly kind: 'read'; readonly state: State; readonly faults: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** What says that the file is ours, and how to read it. */
const mark = 'muster-state'
const format = 1
const secretText = /^[A-Za-z0-9+/]{43}=$/

export async function readState(path: string): Promise<ReadState> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', reason: message }
  }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    // Only where: the parser's own words quote the text, which holds the secret.
    const [where = ''] = / at position \d+/.exec(String(error)) ?? []
    return broken(`it is not JSON${where}`)
  }
  if (!isObject(given) || given['kind'] !== mark) return broken('it is not a state file of Muster')
  if (given['format'] !== format) return broken(`its format is ${String(given['format'])}, this Muster reads ${format}`)
  return readParts(given)
}

function readParts(given: Readonly<Record<string, unknown>>): ReadState {
  const faults: string[] = []
  const { secret, edits: listed } = given
  const isSecret = typeof secret === 'string' && secretText.test(secret)
  // Never quoted: it may be the greater part of a secret.
  if (!isSecret) faults.push('its secret is not 32 bytes in base64')
  if (!Array.isArray(listed)) faults.push('its edits are not a list')
  const read: AskedEdit[] = []
  for (const [index, one] of (Array.isArray(listed) ? listed : []).entries()) {
    const reading = readEdit(one)
    if (reading.ok) read.push(reading.value)
    else faults.push(`its edit ${index + 1}: ${reading.reason}`)
  }
  return { kind: 'read', state: { secret: isSecret ? secret : undefined, edits: editsOf(read) }, faults }
}

function broken(reason: string): ReadState {
  return { kind: 'read', state: { secret: undefined, edits: new Map() }, faults: [reason] }
}

/** In the place of the file, readable by its owner alone. Rejects with the system's error; the old file is whole then. */
export async function writeState(path: string, { secret, edits }: State): Promise<void> {
  const text = `${JSON.stringify({ kind: mark, format, secret, edits: listOf(edits) }, null, 1)}\n`
  // In the same directory: a rename is atomic within one file system only.
  const temporary = `${path}.tmp`
  await rm(temporary, { force: true })
  // Never through a link that somebody else put there.
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncDirectory(dirname(path))
}

/** Out of the way, and not lost. */
export function setAside(path: string): Promise<void> {
  return rename(path, asidePath(path))
}

export function asidePath(path: string): string {
  return `${path}.broken`
}

/** The new name must survive a power cut as well. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function listOf(edits: Edits): readonly { service: string; slot?: string; set: FieldChanges }[] {
  return [...edits].flatMap(([service, { balancer, members }]) => [
    ...(balancer === undefined ? [] : [{ service, set: { ...balancer } }]),
    ...[...members].map(([slot, edit]) => ({ service, slot, set: { ...edit } })),
  ])
}
