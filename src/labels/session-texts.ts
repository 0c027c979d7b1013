// Apache's `stickysession` as text: where a session is named, and what stands before the route in it.
import type { SessionConfig } from '../model/service-config.ts'
import { quote } from './finding.ts'
import { byDefault, leaf, unreadable, value } from './leaf.ts'
import type { Leaf, Reading } from './leaf.ts'
import { isToken } from './texts.ts'

/** `JSESSIONID|jsessionid`: a cookie and a parameter of the URL; a lone name is both. */
export function sessionName(): Leaf<Pick<SessionConfig, 'cookie' | 'parameter'> | undefined> {
  return leaf('name, or cookie|parameter', (given) => {
    const [cookie = '', parameter = cookie, ...more] = given.split('|')
    if (more.length > 0) return unreadable(`${quote(given)} is more than a cookie and a parameter`, asPair)
    if (!isToken(cookie)) return unreadable(`${quote(cookie)} is not the name of a cookie`, asPair)
    if (!/^[^;&=?#/\s\p{Cc}]+$/u.test(parameter))
      return unreadable(`${quote(parameter)} is not the name of a parameter in a URL`, asPair)
    return value({ cookie, parameter })
  })
}

const asPair = 'write JSESSIONID or JSESSIONID|jsessionid'

/** A character that neither ends the value of a cookie or parameter nor has to be escaped in one. */
export function separator(): Leaf<string> {
  const read = (given: string): Reading<string> => {
    if (given.toLowerCase() === 'off') return value('')
    return /^[^\P{ASCII}\p{Cc}\s;,=&?#/%"\\]$/u.test(given)
      ? value(given)
      : unreadable(`${quote(given)} is not one character that cookies and URLs can hold`, 'write ".", "!" or off')
  }
  return byDefault('.', leaf('one character, or off', read))
}
