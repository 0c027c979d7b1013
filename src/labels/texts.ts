// Texts with a syntax of their own: what an HTTP field, an address range or a password file may look like.
import { isIP } from 'node:net'
import { quote } from './finding.ts'
import { leaf, list, unreadable, value } from './leaf.ts'
import type { Leaf } from './leaf.ts'

/** RFC 9110 section 5.6.2: what methods, fields and cookies are called. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)
}

/** RFC 9110 section 5.1: a name that is no token would be a second field, or end the head. */
export function notFieldName(name: string): string | undefined {
  return isToken(name) ? undefined : `${quote(name)} is not the name of an HTTP field`
}

/** Of a field that Muster adds to answers: it must not say where they end, or be one that others read. */
export function answerField(): Leaf<string | undefined> {
  return leaf('name of an HTTP field', (given) => {
    const refusal = notFieldName(given)
    if (refusal !== undefined) return unreadable(refusal)
    return framing.has(given.toLowerCase())
      ? unreadable(`${quote(given)} has a meaning of its own`, 'write a name such as Balancer-Route')
      : value(given)
  })
}

const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'keep-alive',
  'location',
  'proxy-connection',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What a field is set to. Empty: delete it, so it is read as it is. */
export function fieldValue(): Leaf<string | undefined> {
  return { ...fieldText(), readsEmpty: true }
}

/**
 * RFC 9110 section 5.5: line breaks in a value would let a label write fields of its own. Go's server, and so Traefik,
 * writes spaces instead, and long policies rely on it.
 */
export function fieldText(): Leaf<string | undefined> {
  return leaf('text', (given) => {
    const line = given.replace(/[\r\n]+/g, ' ').trim()
    return /[^\P{Cc}\t]/u.test(line)
      ? unreadable('the value has control characters, which an HTTP field cannot have')
      : value(line)
  })
}

/** RFC 6265 section 4.1.1: `;` and control characters would let a label write attributes and fields of its own. */
export function cookieText(): Leaf<string | undefined> {
  return leaf('text', (given) =>
    /^[\x20-\x3a\x3c-\x7e]*$/.test(given) ? value(given) : unreadable('a cookie takes no ";" and only plain ASCII'),
  )
}

/** IP addresses and ranges as in `10.0.0.0/8`. */
export function addressRanges(): Leaf<readonly string[] | undefined> {
  return list((item) => {
    const [address = '', bits, ...more] = item.split('/')
    const family = isIP(address)
    const good = family !== 0 && more.length === 0 && (bits === undefined || isPrefixLength(bits, family))
    return good ? undefined : `${quote(item)} is not an IP address or range`
  })
}

function isPrefixLength(bits: string, family: number): boolean {
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** `404`, `500-599`. */
export function statusRanges(): Leaf<readonly string[] | undefined> {
  return list((item) =>
    /^[1-9]\d\d(-[1-9]\d\d)?$/.test(item) ? undefined : `${quote(item)} is not a status or range as in 500-599`,
  )
}

/** Lines of a password file, `parts` texts with colons between them. What is wrong is not repeated: it is a secret. */
export function passwordLines(form: string): Leaf<readonly string[] | undefined> {
  const parts = form.split(':').length
  return list((item) => {
    const given = item.split(':')
    return given.length >= parts && given.slice(0, parts).every((part) => part !== '')
      ? undefined
      : `one of the users is not written as ${form}`
  })
}
