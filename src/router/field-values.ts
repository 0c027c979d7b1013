// Header fields as rules see them.
import { isNamed } from '../exchange/field-list.ts'

/**
 * True when a field of this name (lower case) has a value that passes. Each line is a value of its own: a list
 * `a, b` in one line is not taken apart, as in Traefik.
 */
export function someFieldValue(fields: readonly string[], name: string, test: (value: string) => boolean): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    if (isNamed(fields[i] ?? '', name) && test(decode(fields[i + 1] ?? ''))) return true
  }
  return false
}

/** Node reads a field's bytes as latin1; rules, like Go, mean UTF-8. */
function decode(value: string): string {
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString() : value
}
