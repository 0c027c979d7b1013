// Broken bytes for the fuzz tests: what a message becomes when someone means it.
import * as fc from 'fast-check'

export interface Mutation {
  readonly at: number
  readonly drop: number
  readonly add: string
  /** Copies this many of the bytes that stand there behind what is added. */
  readonly repeat: number
}

/** Characters that mean something to a parser, and some that never may. */
const mischief = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '"',
  '\x0b',
  '\x7f',
  '\xa0',
  '\xff',
  '_',
  '-',
  '+',
  '0',
  '1',
  'a',
  'F',
  '0x',
  '0\r\n\r\n',
  'chunked',
  'HTTP/1.1 ',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'GET /inner HTTP/1.1\r\nHost: a\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
)

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(600),
  drop: fc.oneof(fc.constant(0), fc.nat(4)),
  add: fc.oneof(fc.constant(''), mischief),
  repeat: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(40)),
})

/** None in a third of all cases, so that what is whole is tried as well. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  fc.constant([]),
  fc.array(mutation, { minLength: 1, maxLength: 1 }),
  fc.array(mutation, { minLength: 1, maxLength: 5 }),
)

export function mutate(text: string, all: readonly Mutation[]): string {
  let mutant = text
  for (const { at, drop, add, repeat } of all) {
    const where = at % (mutant.length + 1)
    mutant = mutant.slice(0, where) + add + mutant.slice(where, where + repeat) + mutant.slice(where + drop)
  }
  return mutant
}

/** `text` in the body's chunks, cut where `sizes` say. */
export function inChunks(text: string, sizes: readonly number[], trailers = ''): string {
  let chunks = ''
  let at = 0
  for (const size of sizes) {
    const piece = text.slice(at, at + size)
    if (piece !== '') chunks += `${piece.length.toString(16)}\r\n${piece}\r\n`
    at += piece.length
  }
  const rest = text.slice(at)
  if (rest !== '') chunks += `${rest.length.toString(16)};x=y\r\n${rest}\r\n`
  return `${chunks}0\r\n${trailers}\r\n`
}
