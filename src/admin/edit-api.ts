// Edits by POST: guarded, checked, made, and answered once they hold in every thread.
import { findField, fieldValues } from '../exchange/field-list.ts'
import type { InternalAnswer, InternalRequest } from '../exchange/internal.ts'
import { asDeclared } from '../edits/as-declared.ts'
import { noEdits } from '../edits/edit.ts'
import type { Edits, Place } from '../edits/edit.ts'
import type { Outcome } from '../edits/edit-store.ts'
import { isObject, readEdit } from '../edits/read-edit.ts'
import { routeConflict } from '../edits/route-conflict.ts'
import { didYouMean } from '../model/nearest.ts'
import { json, told } from './answer.ts'
import { whyReadOnly } from './editable.ts'
import { EditToken } from './edit-token.ts'
import { editRefusal, readRefusal } from './guard.ts'
import type { AdminSources } from './sources.ts'

type Action = (given: unknown, by: string) => Promise<InternalAnswer>

export interface EditApi {
  readonly session: (request: InternalRequest) => InternalAnswer
  readonly takes: (path: string) => boolean
  /** Undefined: nothing is edited at that path. */
  readonly post: (request: InternalRequest) => Promise<InternalAnswer> | undefined
}

export function createEditApi(sources: AdminSources): EditApi {
  const token = new EditToken()
  const actions: Readonly<Record<string, Action>> = {
    '/api/muster/balancers': (given, by) => edit(given, by, sources),
    '/api/muster/undo': (given, by) => undo(given, by, sources),
  }
  return {
    takes: (path) => Object.hasOwn(actions, path),
    session: (request) => session(request, token, sources),
    post(request) {
      const action = Object.hasOwn(actions, request.path) ? actions[request.path] : undefined
      return action && guarded(request, action, token, sources)
    },
  }
}

function session(request: InternalRequest, { text }: EditToken, sources: AdminSources): InternalAnswer {
  const refusal = readRefusal(request, sources)
  if (refusal !== undefined) return told(403, refusal)
  const reason = whyReadOnly(request, sources)
  const { file } = sources.edits
  return json(200, {
    token: text,
    editable: reason === undefined,
    reason,
    persists: file?.works ?? false,
    file: file?.path,
  })
}

async function guarded(
  request: InternalRequest,
  action: Action,
  token: EditToken,
  sources: AdminSources,
): Promise<InternalAnswer> {
  const { fields, body, clientIp } = request
  const refusal =
    editRefusal(request, sources) ??
    whyReadOnly(request, sources) ??
    token.refusal(fieldValues(fields, 'x-muster-token'))
  if (refusal !== undefined) return told(403, refusal)
  // A form of another site can send three types without asking first; this is none of them.
  const type = findField(fields, 'content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) return told(415, 'an edit is sent as Content-Type: application/json')
  let given: unknown
  try {
    given = JSON.parse(body ?? '')
  } catch (error) {
    return told(400, `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return action(given, clientIp)
}

async function edit(given: unknown, by: string, sources: AdminSources): Promise<InternalAnswer> {
  const { edits } = sources
  const asked = readEdit(given)
  if (!asked.ok) return told(400, asked.reason)
  const { place, changes } = asked.value
  const missing = whyMissing(place, sources)
  if (missing !== undefined) return told(404, missing)
  const conflict = conflictOf(place, edits.tried(place, changes), sources)
  if (conflict !== undefined) return told(409, conflict)
  const declared = sources.declared().services.get(place.service)
  const set = declared === undefined ? changes : asDeclared(declared, place.slot, changes)
  return applied(edits.make(place, set, by, changes), sources)
}

/** What was edited may have left since: its edits wait for it, and can be taken back all the same. */
async function undo(given: unknown, by: string, sources: AdminSources): Promise<InternalAnswer> {
  const { edits } = sources
  const id = isObject(given) ? given['edit'] : undefined
  if (typeof id !== 'number') return told(400, '"edit" must be the number that the edit was answered with')
  const found = edits.undoable(id)
  if (!found.ok) return notMade(found)
  const { edit: made } = found
  const conflict = conflictOf(made, edits.tried(made, made.before), sources)
  if (conflict !== undefined) return told(409, conflict)
  return applied(edits.undo(id, by), sources)
}

async function applied(outcome: Outcome, { apply }: AdminSources): Promise<InternalAnswer> {
  if (!outcome.ok) return notMade(outcome)
  const { id, at, what, service, slot, set, before } = outcome.edit
  try {
    await apply({ what: `edit: ${what}`, at })
  } catch {
    return told(500, `edit ${id} is kept, but could not be put in force; the log says why`)
  }
  return json(200, { edit: id, what, service, slot, set, before })
}

function notMade({ what, reason }: Extract<Outcome, { ok: false }>): InternalAnswer {
  return told(what === 'unknown' ? 404 : 409, reason)
}

function whyMissing({ service, slot }: Place, { declared }: AdminSources): string | undefined {
  const { services } = declared()
  const config = services.get(service)
  if (config === undefined) return unknown(`there is no balancer ${JSON.stringify(service)}`, service, services.keys())
  const slots = config.members.map((member) => member.slot)
  if (slot === undefined || slots.includes(slot)) return undefined
  const waits = 'a replica that has left is edited as before when it comes back'
  return `${unknown(`${service} has no member ${JSON.stringify(slot)}`, slot, slots)}; ${waits}`
}

function unknown(sentence: string, name: string, known: Iterable<string>): string {
  // What is far too long is no typing error, and costs much to compare.
  const hint = name.length > 256 ? undefined : didYouMean(name, known)
  return hint === undefined ? sentence : `${sentence}; ${hint}`
}

function conflictOf({ service, slot }: Place, after: Edits, { declared }: AdminSources): string | undefined {
  const config = declared().services.get(service)
  if (config === undefined || slot === undefined) return undefined
  return routeConflict(config, after.get(service) ?? noEdits, slot)
}
