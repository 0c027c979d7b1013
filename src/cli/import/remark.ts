// What an import has to say of a line: to the user, and as a comment beside what became of it.

/** A note is a comment only; the others are mistakes, told on the terminal as well. */
export type Severity = 'error' | 'warning' | 'note'

export interface Remark {
  readonly line: number
  readonly severity: Severity
  readonly text: string
}

export type Tell = (line: number, severity: Severity, text: string) => void

/** Keeps what is said. */
export function tellInto(remarks: Remark[]): Tell {
  return (line, severity, text) => void remarks.push({ line, severity, text })
}

const textMax = 160

/** A line of the file, as a remark quotes it: one line, and not without end. */
export function cited(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '\uFFFD').trim()
  return flat.length > textMax ? `${flat.slice(0, textMax)}…` : flat
}
