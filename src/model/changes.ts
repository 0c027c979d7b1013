// What differs between two maps of immutable values, told by identity: whoever makes such maps keeps the objects that did not
// change, so a thousand of them are compared at the price of a glance each.

/** Name → value now; undefined: it is gone. */
export type Changes<K, V> = ReadonlyMap<K, V | undefined>

const none: Changes<never, never> = new Map<never, never>()

export function changesBetween<K, V>(before: ReadonlyMap<K, V>, after: ReadonlyMap<K, V>): Changes<K, V> {
  if (before === after) return none
  const changes = new Map<K, V | undefined>()
  let stayed = 0
  for (const [name, value] of after) {
    const known = before.get(name)
    if (known !== undefined) stayed++
    if (known !== value) changes.set(name, value)
  }
  if (stayed < before.size) for (const name of before.keys()) if (!after.has(name)) changes.set(name, undefined)
  return changes
}

/** The map with the changes in it; the very same one when there are none. */
export function withChanges<K, V>(before: ReadonlyMap<K, V>, changes: Changes<K, V>): ReadonlyMap<K, V> {
  if (changes.size === 0) return before
  // Twice as fast as handing the map to the constructor.
  const after = new Map<K, V>()
  for (const [name, value] of before) after.set(name, value)
  applyChanges(after, changes)
  return after
}

/** The same in place. */
export function applyChanges<K, V>(map: Map<K, V>, changes: Iterable<readonly [K, V | undefined]>): void {
  for (const [name, value] of changes) {
    if (value === undefined) map.delete(name)
    else map.set(name, value)
  }
}
