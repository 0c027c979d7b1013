// Variables in a text of a compose file, as compose puts them in: $NAME, ${NAME}, ${NAME:-default}, ${NAME:?message},
// ${NAME:+other}, each also without the colon, and $$ for a dollar sign. A `$` before anything else stays.
import type { Substitution } from './tree.ts'

export interface Interpolated {
  readonly text: string
  readonly substitutions: readonly Substitution[]
  /** Why compose refuses the text. */
  readonly errors: readonly string[]
}

export type Lookup = (name: string) => string | undefined

const simple = /^[_a-z][_a-z0-9]*/i
const braced = /^([_a-z][_a-z0-9]*)(?:(:?)([-+?])(.*))?$/is

export function interpolate(template: string, lookup: Lookup): Interpolated {
  const substitutions: Substitution[] = []
  const errors: string[] = []
  let text = ''
  let i = 0
  while (i < template.length) {
    const dollar = template.indexOf('$', i)
    if (dollar === -1) break
    text += template.slice(i, dollar)
    const rest = template.slice(dollar + 1)
    const [name] = simple.exec(rest) ?? []
    if (rest.startsWith('$')) {
      text += '$'
      i = dollar + 2
    } else if (name !== undefined) {
      const value = lookup(name)
      substitutions.push({ written: `$${name}`, name, unset: value === undefined })
      text += value ?? ''
      i = dollar + 1 + name.length
    } else if (rest.startsWith('{')) {
      const end = closingBrace(template, dollar + 1)
      const written = template.slice(dollar, end + 1)
      const found = expand(written, lookup)
      substitutions.push(...found.substitutions)
      errors.push(...found.errors)
      text += found.text
      i = end + 1
    } else {
      text += '$'
      i = dollar + 1
    }
  }
  return { text: text + template.slice(i), substitutions, errors }
}

/** One `${…}`. */
function expand(written: string, lookup: Lookup): Interpolated {
  const [matched, name = '', colon, operator, operand = ''] = braced.exec(written.slice(2, -1)) ?? []
  if (matched === undefined || !written.endsWith('}')) {
    const reason = `${JSON.stringify(written)} is not a variable that compose can read`
    return { text: '', substitutions: [], errors: [reason] }
  }
  const value = lookup(name)
  const isThere = value !== undefined && (colon !== ':' || value !== '')
  if (operator === undefined) {
    return { text: value ?? '', substitutions: [{ written, name, unset: value === undefined }], errors: [] }
  }
  const other = interpolate(operand, lookup)
  if (operator === '?') {
    if (isThere) return given(value)
    const message = other.text === '' ? '' : `: ${other.text}`
    return { text: '', substitutions: [], errors: [`the variable ${name} must be set${message}`] }
  }
  return isThere === (operator === '+') ? other : given(value ?? '')
}

function given(text: string): Interpolated {
  return { text, substitutions: [], errors: [] }
}

/** The brace that closes the one at `open`; the text's last character when none does. */
function closingBrace(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  return text.length - 1
}
