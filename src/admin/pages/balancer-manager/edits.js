// What people change: one edit after the other, each said aloud and undone by one press. No failure is silent.
import { post } from './api.js'
import { refresh, renewSession } from './stream.js'
import { change, current } from './store.js'

const toastMs = 15_000
const toastsMax = 4
const undoMax = 50

/** Edits that can be undone, the latest last. */
const done = []
let turn = Promise.resolve()
let lastToast = 0

/** `wish` is `{ service, slot?, set, said }`: what is meant, what becomes of it, and the sentence for it. Resolves with success. */
export function edit(wish) {
  return inTurn(async () => {
    const { service, slot, set, said } = wish
    const answer = await post('balancers', current().session.token, { service, slot, set })
    if (answer.status !== 200) return failed(placeOf(wish), answer)
    setError(placeOf(wish), undefined)
    done.push({ id: answer.edit, said })
    if (done.length > undoMax) done.shift()
    toast({ text: said, edit: answer.edit })
    await refresh()
    return true
  })
}

/** Takes back an edit, the latest if none is named. */
export function undo(id) {
  return inTurn(async () => {
    const index = id === undefined ? done.length - 1 : done.findIndex((candidate) => candidate.id === id)
    const [taken] = index === -1 ? [] : done.splice(index, 1)
    if (taken === undefined) return toast({ text: 'There is nothing to undo.' })
    const answer = await post('undo', current().session.token, { edit: taken.id })
    change({ toasts: current().toasts.filter((candidate) => candidate.edit !== taken.id) })
    if (answer.status !== 200) return failed(undefined, answer)
    toast({ text: `Undone: ${taken.said}` })
    await refresh()
  })
}

export function dismiss(id) {
  change({ toasts: current().toasts.filter((candidate) => candidate.id !== id) })
}

/** Where an error is shown: at the member, or at its balancer. */
export function placeOf({ service, slot }) {
  return slot === undefined ? service : `${service}\n${slot}`
}

export function setError(place, message) {
  const errors = new Map(current().errors)
  if (message === undefined) errors.delete(place)
  else errors.set(place, message)
  change({ errors })
}

async function failed(place, { status, message }) {
  // The token is of one life of Muster: with the next one's the same press succeeds.
  const isRestarted = status === 403 && (await renewSession())
  const text = isRestarted ? 'Muster was restarted: try once more.' : message
  if (status === 404) await refresh()
  if (place === undefined || !isShown(place)) toast({ text, isError: true })
  else setError(place, text)
  return false
}

/** A member that has just left has no row to show an error in. */
function isShown(place) {
  return (current().balancers ?? []).some(
    ({ name, members }) => name === place || members.some(({ slot }) => placeOf({ service: name, slot }) === place),
  )
}

function toast(fields) {
  const id = ++lastToast
  change({ toasts: [...current().toasts, { id, ...fields }].slice(-toastsMax) })
  setTimeout(() => dismiss(id), toastMs)
}

function inTurn(task) {
  const result = turn.then(task)
  turn = result.catch(() => {})
  return result
}
