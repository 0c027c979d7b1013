// What the page knows: one object, replaced whenever something of it changes, and drawn once for all changes of a moment.

let state = {
  /** connecting · live · lost */
  contact: 'connecting',
  /** When Muster was last heard of, by the clock of this browser. */
  heardAt: undefined,
  /** Undefined until the first state has come. */
  balancers: undefined,
  problems: 0,
  /** Oldest first. */
  journal: [],
  session: { token: '', editable: false, persists: false },
  toasts: [],
  /** What went wrong with an edit, by the place of its control. */
  errors: new Map(),
  /** The open dialog: `{ kind: 'help' }`, `{ kind: 'member', service, slot, field }`. */
  dialog: undefined,
}
let draw = () => {}
let isDue = false

export function current() {
  return state
}

export function change(part) {
  state = { ...state, ...part }
  if (isDue) return
  isDue = true
  queueMicrotask(() => {
    isDue = false
    draw(state)
  })
}

export function drawWith(drawState) {
  draw = drawState
  draw(state)
}

/** The old value wherever the new one says the same: rows compare by identity, and only those that changed are drawn. */
export function keep(before, after) {
  if (before === after || !isObject(before) || !isObject(after)) return after
  if (Array.isArray(before) !== Array.isArray(after)) return after
  const names = Object.keys(after)
  let isSame = names.length === Object.keys(before).length
  for (const name of names) {
    after[name] = keep(before[name], after[name])
    if (after[name] !== before[name] || !Object.hasOwn(before, name)) isSame = false
  }
  return isSame ? before : after
}

function isObject(value) {
  return typeof value === 'object' && value !== null
}
