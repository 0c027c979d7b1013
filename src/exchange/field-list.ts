// Fields as a list, names and values in turn: in the order and case they came in, without a map per message.

/** A name as it is written, and as it is compared. */
export interface FieldName {
  readonly written: string
  readonly lower: string
}

/** The value of the first field of that name (lower case). */
export function findField(fields: readonly string[], lower: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    if (isNamed(fields[i] ?? '', lower)) return fields[i + 1]
  }
  return undefined
}

/** The values of all fields of that name (lower case), in their order. */
export function fieldValues(fields: readonly string[], lower: string): string[] {
  const values: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    if (isNamed(fields[i] ?? '', lower)) values.push(fields[i + 1] ?? '')
  }
  return values
}

/**
 * Makes `value` the only one of that name, where the first one stood. A new field goes to the front: writeHead reads a
 * Content-Disposition behind a Content-Length as UTF-8, and refuses what that makes of it.
 */
export function setField(fields: string[], name: FieldName, value: string): void {
  const at = indexOf(fields, name.lower)
  if (at === -1) {
    fields.unshift(name.written, value)
    return
  }
  fields[at] = name.written
  fields[at + 1] = value
  removeFrom(fields, at + 2, name.lower)
}

export function removeField(fields: string[], lower: string): void {
  const at = indexOf(fields, lower)
  if (at !== -1) removeFrom(fields, at, lower)
}

/** Whether a field's name is that one (lower case). */
export function isNamed(name: string, lower: string): boolean {
  // Lengths first: most fields differ in it, and lower-casing allocates.
  return name.length === lower.length && (name === lower || name.toLowerCase() === lower)
}

function indexOf(fields: readonly string[], lower: string): number {
  for (let i = 0; i < fields.length; i += 2) if (isNamed(fields[i] ?? '', lower)) return i
  return -1
}

function removeFrom(fields: string[], from: number, lower: string): void {
  let kept = from
  for (let i = from; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (isNamed(name, lower)) continue
    fields[kept] = name
    fields[kept + 1] = fields[i + 1] ?? ''
    kept += 2
  }
  fields.length = kept
}
