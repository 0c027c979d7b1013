// Paths in rules and the one spelling that `RequestHead.path` has, brought together.

const unreserved = /^[A-Za-z0-9\-._~]$/
// An escape, or a character that RFC 3986 does not allow to stand in a path by itself.
const escapeOrForbidden = /%[\dA-Fa-f]{2}|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/gu
// Escapes of printable characters that mean nothing in a URL: all but the reserved ones, `%` and controls.
const readableEscapes = /%(?:20|22|3C|3E|5C|5E|60|7B|7C|7D)|(?:%[89A-F][\dA-F])+/g

/**
 * Users write Path(`/a b`) and Path(`/café`), as Traefik decodes what it matches; here the request's path keeps such
 * characters escaped, so the rule's are escaped the same way.
 */
export function escapePathArgument(path: string): string {
  return path.replaceAll(escapeOrForbidden, (found) => {
    if (!found.startsWith('%')) return escapeCharacter(found)
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16))
    return unreserved.test(character) ? character : found.toUpperCase()
  })
}

/**
 * The path as regular expressions see it, for whom no spelling can be chosen beforehand: Traefik's routing path, where
 * reserved characters stay escaped. Controls stay so too, unlike there: a line feed would slip past `.`.
 */
export function readablePath(path: string): string {
  if (!path.includes('%')) return path
  return path.replaceAll(readableEscapes, (found) => Buffer.from(found.replaceAll('%', ''), 'hex').toString())
}

function escapeCharacter(character: string): string {
  const hex = Buffer.from(character).toString('hex').toUpperCase()
  return hex.replaceAll(/../g, '%$&')
}
