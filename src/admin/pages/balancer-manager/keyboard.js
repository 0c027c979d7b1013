// Single keys. Those of a member press the buttons of the row that has the focus: what a key does is what is seen there.
import { undo } from './edits.js'
import { change, current } from './store.js'

const presses = {
  d: 'drain',
  x: 'disable',
  s: 'standby',
  p: 'spare',
  e: 'edit',
  '+': 'heavier',
  '-': 'lighter',
  0: 'reset',
}

export function listenForKeys() {
  document.addEventListener('keydown', (event) => {
    const { key, target } = event
    if (event.ctrlKey || event.metaKey || event.altKey || current().dialog !== undefined) return
    if (target.closest('input, select, textarea')) {
      if (key === 'Escape') (target.closest('[data-key]') ?? target).focus()
      return
    }
    if (run(key, target.closest('[data-key]'))) event.preventDefault()
  })
}

/** Whether the key means something here. */
function run(key, row) {
  if (key === '?') change({ dialog: { kind: 'help' } })
  else if (key === 'j') step(row, 1)
  else if (key === 'k') step(row, -1)
  else if (key === '/') document.querySelector('#journal-filter').focus()
  else if (key === 'u' && current().session.editable) void undo()
  else if (key === 'w' && row) row.querySelector('[data-action=weight]')?.select()
  else if (Object.hasOwn(presses, key) && row) row.querySelector(`[data-action=${presses[key]}]`)?.click()
  else return false
  return true
}

function step(row, by) {
  const rows = [...document.querySelectorAll('[data-key]')]
  const next = row ? rows.indexOf(row) + by : 0
  const found = rows[Math.max(0, Math.min(next, rows.length - 1))]
  found?.focus()
  found?.scrollIntoView({ block: 'nearest' })
}
