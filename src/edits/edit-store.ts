// The edits in force: who makes one asks here, who lays them over the configuration reads them here, and the state file
// follows a moment later.
import { randomBytes } from 'node:crypto'
import { describeEdit } from './describe-edit.ts'
import { countEdits, editAt, withChange } from './edit.ts'
import type { Edits, FieldChanges, Place } from './edit.ts'
import { History, valueOf } from './history.ts'
import type { MadeEdit } from './history.ts'
import { asidePath, readState, setAside } from './state-file.ts'
import type { State } from './state-file.ts'
import { StateWriter } from './state-writer.ts'

export interface EditStoreOptions {
  /** Undefined: nothing outlives the process. */
  readonly path: string | undefined
  /** Counts before the file's; undefined: the file's, or one of this process's own. */
  readonly secret: string | undefined
  readonly warn: (fields: object, message: string) => void
}

export type Outcome =
  | { readonly ok: true; readonly edit: MadeEdit }
  | { readonly ok: false; readonly what: 'unknown' | 'conflict'; readonly reason: string }

/** Slots that are gone for good are never heard of again: what is kept of them must have an end. */
const editsMax = 10_000
const secretBytes = 32

/** Never rejects: what cannot be read or written is told, and edits live in memory. */
export async function openEditStore(options: EditStoreOptions): Promise<EditStore> {
  const { path, secret, warn } = options
  const fresh: State = { secret: randomBytes(secretBytes).toString('base64'), edits: new Map() }
  if (path === undefined) return new EditStore(fresh, { secret, writer: undefined })
  const found = await readState(path)
  if (found.kind === 'unreadable') {
    const way = 'make it readable, or name another with --api.stateFile'
    warn({ file: path, reason: found.reason }, `the state file cannot be read: edits are not kept; ${way}`)
    return new EditStore(fresh, { secret, writer: undefined })
  }
  const known = found.kind === 'read' ? found.state : fresh
  const state = { edits: known.edits, secret: known.secret ?? fresh.secret }
  const writer = new StateWriter(path, warn)
  const faults = found.kind === 'read' ? found.faults : []
  if (faults.length > 0 && !(await putAside(path, faults, warn))) {
    return new EditStore(state, { secret, writer: undefined })
  }
  const store = new EditStore(state, { secret, writer })
  // At once: a secret that is not kept would end every session with the process.
  if (found.kind === 'absent' || faults.length > 0) await store.save()
  return store
}

async function putAside(path: string, faults: readonly string[], warn: EditStoreOptions['warn']): Promise<boolean> {
  const [reason, ...others] = faults
  const more = others.length === 0 ? undefined : others.length
  const way = `what could be read of it counts; mend it as ${asidePath(path)} and put it back while Muster is stopped`
  try {
    await setAside(path)
    warn({ file: path, reason, more }, `the state file is broken and was set aside: ${way}`)
    return true
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    warn({ file: path, reason, failure }, 'the state file is broken and cannot be set aside: edits are not kept')
    return false
  }
}

export class EditStore implements AsyncDisposable {
  /** What sticky cookies are keyed with. Never shown. */
  readonly secret: string
  readonly #ownSecret: string | undefined
  readonly #writer: StateWriter | undefined
  readonly #history = new History()
  readonly #listeners = new Set<(edit: MadeEdit) => void>()
  #edits: Edits
  #lastId = 0

  /** Made by `openEditStore`. */
  constructor(
    { secret, edits }: State,
    { secret: given, writer }: { secret: string | undefined; writer: StateWriter | undefined },
  ) {
    this.#ownSecret = secret
    this.#edits = edits
    this.#writer = writer
    this.secret = given ?? secret ?? ''
  }

  get current(): Edits {
    return this.#edits
  }

  /** Where they are kept, as far as that succeeds; undefined: nowhere. */
  get file(): { readonly path: string; readonly works: boolean } | undefined {
    return this.#writer && { path: this.#writer.path, works: this.#writer.works }
  }

  /** Told of every edit once it is in `current`. */
  listen(listener: (edit: MadeEdit) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** As it would be with these changes. */
  tried(place: Place, changes: FieldChanges): Edits {
    return withChange(this.#edits, place, changes)
  }

  /**
   * @param by the client's address
   * @param meant what was asked for, in whose words the edit is told; `set` may have null for a value that is declared anyway
   */
  make({ service, slot }: Place, set: FieldChanges, by: string, meant: FieldChanges = set): Outcome {
    const place = { service, slot }
    const after = this.tried(place, set)
    if (countEdits(after) > Math.max(editsMax, countEdits(this.#edits))) {
      const reason = `there are ${editsMax} edits already, many of slots long gone: set some back to null first`
      return { ok: false, what: 'conflict', reason }
    }
    const now: object = editAt(this.#edits, place) ?? {}
    const before = Object.fromEntries(Object.keys(set).map((field) => [field, valueOf(now, field)]))
    const at = Date.now()
    // From the clock: a page that was open when Muster restarted must not meet its numbers again on other edits.
    this.#lastId = Math.max(this.#lastId + 1, at)
    const edit: MadeEdit = { id: this.#lastId, at, what: describeEdit(place, meant), set, before, by, ...place }
    this.#edits = after
    this.#history.add(edit)
    this.#writer?.request(this.#state())
    for (const tell of this.#listeners) tell(edit)
    return { ok: true, edit }
  }

  /** The edit, when it can be taken back: `make` with its `before` does so. */
  undoable(id: number): Outcome {
    const edit = this.#history.find(id)
    if (edit === undefined) {
      const reason = `edit ${id} cannot be undone: there is none, or it is too long ago`
      return { ok: false, what: 'unknown', reason }
    }
    const reason = this.#history.whyFinal(edit, this.#edits)
    return reason === undefined ? { ok: true, edit } : { ok: false, what: 'conflict', reason }
  }

  /** Gives the fields back what they had before that edit; itself an edit, which can be undone. */
  undo(id: number, by: string): Outcome {
    const found = this.undoable(id)
    return found.ok ? this.make(found.edit, found.edit.before, by) : found
  }

  /** Resolves once the file has what is in force, or a warning was given. */
  async save(): Promise<void> {
    this.#writer?.request(this.#state())
    await this.#writer?.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]()
  }

  #state(): State {
    return { secret: this.#ownSecret, edits: this.#edits }
  }
}
