// Paths in rules, brought to the one spelling that `RequestHead.path` has.

const unreserved = /^[A-Za-z0-9\-._~]$/
// An escape, or a character that RFC 3986 does not allow to stand in a path by itself.
const escapeOrForbidden = /%[\dA-Fa-f]{2}|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/gu

/**
 * Users write Path(`/a b`) and Path(`/café`), as Traefik decodes what it matches; here the request's path keeps such
 * characters escaped (a decoded line feed would slip past `.` in a PathRegexp), so the rule's are escaped the same way.
 */
export function escapePathArgument(path: string): string {
  return path.replaceAll(escapeOrForbidden, (found) => {
    if (!found.startsWith('%')) return escapeCharacter(found)
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16))
    return unreserved.test(character) ? character : found.toUpperCase()
  })
}

function escapeCharacter(character: string): string {
  const hex = Buffer.from(character).toString('hex').toUpperCase()
  return hex.replaceAll(/../g, '%$&')
}
