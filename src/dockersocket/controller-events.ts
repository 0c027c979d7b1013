// The one question of Muster's own that has a query worth a look: which events it wants. Others would show the command lines
// of every exec.

const types = new Set(['container', 'network'])
const events = new Set('create start die kill pause unpause health_status rename destroy connect disconnect'.split(' '))
const queryMax = 2000

/** Just `filters`, and in it only types and events that Muster follows, in either of the two forms engines read. */
export function controllerEventsAllowed(query: string): boolean {
  const [, value] = /^filters=([^&=;]+)$/.exec(query) ?? []
  if (value === undefined || query.length > queryMax) return false
  const filters = parsed(value)
  if (typeof filters !== 'object' || filters === null) return false
  const { type, event, ...others } = filters as Record<string, unknown>
  return Object.keys(others).length === 0 && isWithin(type, types) && isWithin(event, events)
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(value.replaceAll('+', ' ')))
  } catch {
    return undefined
  }
}

function isWithin(value: unknown, known: ReadonlySet<string>): boolean {
  if (typeof value !== 'object' || value === null) return false
  const given: readonly unknown[] = Array.isArray(value) ? value : Object.keys(value)
  return given.length > 0 && given.every((item) => typeof item === 'string' && known.has(item))
}
