// Query parameters as rules see them: Go's url.ParseQuery, one pair at a time.

/**
 * True when a value of the parameter passes. As in Go, a pair with `;` or with a bad escape does not exist, `+` is a
 * space, and no `=` means an empty value. Looks at every pair however many there are, so that none can be hidden from
 * the rules behind others (CVE-2026-39825).
 */
export function someQueryValue(query: string, key: string, test: (value: string) => boolean): boolean {
  for (let start = 0; start < query.length;) {
    const separator = query.indexOf('&', start)
    const end = separator === -1 ? query.length : separator
    if (pairPasses(query.slice(start, end), key, test)) return true
    start = end + 1
  }
  return false
}

function pairPasses(pair: string, key: string, test: (value: string) => boolean): boolean {
  if (pair.includes(';')) return false
  const equals = pair.indexOf('=')
  if (unescape(equals === -1 ? pair : pair.slice(0, equals)) !== key) return false
  const value = equals === -1 ? '' : unescape(pair.slice(equals + 1))
  return value !== undefined && test(value)
}

/** Undefined when a `%` is not followed by two hexadecimal digits. */
function unescape(text: string): string | undefined {
  if (!/[%+\x80-\xff]/.test(text)) return text
  if (/%(?![\dA-Fa-f]{2})/.test(text)) return undefined
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%../g, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
