// What a health check is made of: all of it is written into a request, where it must stay what it is.
import { quote } from './finding.ts'
import { leaf, unreadable, value } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { isToken } from './texts.ts'

/** RFC 9112 section 3.2.1: what is asked for is a path of the member, never another server's URL. */
export function checkPath(): Leaf<string | undefined> {
  return leaf('path', (given) => {
    if (/^[a-z][\d+.a-z-]*:\/\//i.test(given))
      return unreadable(`${quote(given)} is a URL`, 'write the path alone, as in /health')
    if (!/^[\x21\x22\x24-\x7e]+$/.test(given)) {
      return unreadable(`${quote(given)} is not a path`, 'escape spaces and what is not ASCII, as in %20')
    }
    return value(given.startsWith('/') ? given : `/${given}`)
  })
}

export function methodName(): Leaf<string | undefined> {
  return leaf('HTTP method', (given) =>
    isToken(given) ? value(given) : unreadable(`${quote(given)} is not an HTTP method`),
  )
}

export function hostName(): Leaf<string | undefined> {
  return leaf('host', (given) =>
    /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(given)
      ? value(given)
      : unreadable(`${quote(given)} is not a host`),
  )
}
