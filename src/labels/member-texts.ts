// What a member's parameters look like as text: its share, its name in sessions, Apache's status letters.
import { memberDefaults, statusLetters } from '../model/service-config.ts'
import { routeLengthMax } from '../model/route-of-slot.ts'
import { quote } from './finding.ts'
import { byDefault, leaf, unreadable, value } from './leaf.ts'
import type { Leaf, Reading } from './leaf.ts'

/** Beyond it a share of the requests cannot be told from nothing, and a cyclic sequence of picks gets too long. */
const weightMax = 65_535
const weightRange = `0.01 to ${weightMax} with at most two decimals`

/** Apache's lbfactor goes in the same steps; finer ones would make the sequence of turns as much longer. */
export function weight(): Leaf<number> {
  const read = (given: string): Reading<number> =>
    /^\+?\d+(\.\d{1,2})?$/.test(given) && Number(given) <= weightMax
      ? value(Number(given))
      : unreadable(`${quote(given)} is not 0, or ${weightRange}`)
  const bounds = { min: 0, max: weightMax, decimals: 2 }
  return byDefault(1, { ...leaf<number>(`0, or ${weightRange}`, read), readsEmpty: true, bounds })
}

/** What a cookie and a header can carry in the clear, and no longer than Apache's. */
export function routeName(): Leaf<string | undefined> {
  return leaf('route', (given) =>
    /^[0-9A-Za-z_.-]+$/.test(given) && given.length <= routeLengthMax
      ? value(given)
      : unreadable(`${quote(given)} is not 1 to ${routeLengthMax} letters, digits, "_", "." or "-"`),
  )
}

/** The rest of Apache's letters: what it finds out or keeps itself. */
const ownStates: Readonly<Record<string, string>> = {
  C: 'a check failed',
  E: 'in error',
  F: 'a free spare',
  G: 'generic',
  O: 'initialised',
  U: 'shutting down',
}

/** `+H`, `D`, `DS-E+h`: `+` and `-` set and clear the letters after them; to begin with, letters set. */
export function memberStatus(): Leaf<string> {
  const read = (given: string): Reading<string> => {
    const set = new Set<string>()
    let sets = true
    for (const char of given) {
      if (char === '+' || char === '-') sets = char === '+'
      else {
        const letter = char.toUpperCase()
        const own = Object.hasOwn(ownStates, letter) ? ownStates[letter] : undefined
        // None of them is set to begin with: clearing one changes nothing.
        if (own !== undefined && sets) return decided(given, char, own)
        if (own === undefined && !statusLetters.includes(letter)) return unknownLetter(given, char)
        if (sets) set.add(letter)
        else set.delete(letter)
      }
    }
    return value([...statusLetters].filter((letter) => set.has(letter)).join(''))
  }
  return byDefault(memberDefaults.status, leaf('status letters', read))
}

function decided(given: string, letter: string, meaning: string): Reading<never> {
  return unreadable(`${quote(given)}: ${quote(letter)} (${meaning}) is for Muster to decide`, letters)
}

function unknownLetter(given: string, char: string): Reading<never> {
  return unreadable(`${quote(given)}: there is no status ${quote(char)}`, letters)
}

const letters = 'there are D (disabled), S (stopped), N (drains), H (hot standby), R (hot spare) and I (never in error)'
