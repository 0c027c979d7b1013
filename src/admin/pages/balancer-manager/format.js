// Figures and times in the words of the page.

/** As Apache's manager: one decimal below ten of a unit, none above. */
export function bytes(count) {
  const units = ['', 'K', 'M', 'G', 'T']
  let unit = 0
  let rest = count
  for (; rest >= 1024 && unit < units.length - 1; unit++) rest /= 1024
  return `${unit > 0 && rest < 10 ? rest.toFixed(1) : Math.round(rest)}${units[unit]}`
}

export function milliseconds(value) {
  if (value === undefined || value === null) return '–'
  if (value >= 1000) return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

export function percent(share) {
  if (share === undefined || share === null) return '–'
  const value = share * 100
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`
}

/** Of seconds: `12 s`, `3 min`, `5 h`, `2 days`. */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? '1 day' : `${days} days`
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
}

export function isEdited(edited, field) {
  return edited?.[field] !== undefined && edited[field] !== null
}

/** The names of what people changed at run time, in the words of the columns. */
export function editedWords(edited) {
  const words = { weight: 'factor', redirect: 'redirect', lbset: 'set', maxAttempts: 'attempts', retryMs: 'retry' }
  return Object.keys(edited ?? {})
    .filter((field) => isEdited(edited, field))
    .map((field) => words[field] ?? field)
}
