// The words after a command: its options and the rest.
import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import type { Terminal } from './terminal.ts'

type Options = NonNullable<ParseArgsConfig['options']>

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; args: string[]; allowPositionals: true; strict: true }>
>['values']

export type Arguments<O extends Options> =
  | { readonly ok: true; readonly values: Parsed<O>; readonly words: readonly [string, ...string[]] }
  | { readonly ok: false; readonly isHelp: boolean; readonly message: string }

export interface Usage {
  readonly command: string
  /** What the words that are no options name: `a compose file`. */
  readonly needs: string
  readonly wordsMax?: number
  readonly text: string
}

/** Of the commands that read compose files. */
export const composeOptions = {
  'project-name': { type: 'string', short: 'p' },
  profile: { type: 'string', multiple: true },
} as const

/** Never throws: an option that does not exist is a message that ends with how it is meant. */
export function readArguments<const O extends Options>(
  args: readonly string[],
  options: O,
  { command, needs, wordsMax = Infinity, text }: Usage,
): Arguments<O> {
  if (args.some((word) => word === '--help' || word === '-h')) return { ok: false, isHelp: true, message: text }
  const refuse = (reason: string): Arguments<O> => ({ ok: false, isHelp: false, message: `muster: ${reason}\n${text}` })
  try {
    const { values, positionals } = parseArgs({ options, args: [...args], allowPositionals: true, strict: true })
    const [first, ...rest] = positionals
    if (first === undefined || positionals.length > wordsMax) return refuse(`${command} needs ${needs}`)
    return { ok: true, values, words: [first, ...rest] }
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ')
    return refuse(`${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`)
  }
}

/** The exit code of a command that has nothing to go by. */
export function tellUsage({ isHelp, message }: { isHelp: boolean; message: string }, terminal: Terminal): number {
  if (isHelp) terminal.print(message)
  else terminal.complain(message)
  return isHelp ? 0 : 2
}
