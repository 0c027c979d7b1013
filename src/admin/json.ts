// Values of the model as Traefik's API writes them.

/**
 * Maps as objects, 64-bit numbers as numbers; what is undefined or an empty list, map or text is left out, as in Go's omitempty,
 * which lets the entries of a map be: an empty header value deletes the header.
 */
export function shape(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...(value as ReadonlyMap<string, unknown>)].map(([name, entry]) => [name, shape(entry)]))
  }
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, field]) => [name, shape(field)] as const)
  return Object.fromEntries(fields.filter(([, field]) => !isEmpty(field)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** `10s`, `1m30s`, `500ms`: Go's text of a duration. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1000) return `${ms}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = (ms % 60_000) / 1000
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}
