const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Carrying the request out twice does no more than once: RFC 9110 section 9.2.2. */
export function isIdempotent(method: string): boolean {
  return idempotentMethods.has(method)
}
