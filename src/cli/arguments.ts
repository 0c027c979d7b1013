// The words after a command: its options and the rest.
import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; args: string[]; allowPositionals: true; strict: true }>
>['values']

export type Arguments<O extends Options> =
  | { readonly ok: true; readonly values: Parsed<O>; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** Of the commands that read compose files. */
export const composeOptions = {
  'project-name': { type: 'string', short: 'p' },
  profile: { type: 'string', multiple: true },
} as const

/** Never throws: an option that does not exist is a message that ends with `usage`. */
export function readArguments<const O extends Options>(
  args: readonly string[],
  options: O,
  usage: string,
): Arguments<O> {
  try {
    const { values, positionals } = parseArgs({ options, args: [...args], allowPositionals: true, strict: true })
    return { ok: true, values, words: positionals }
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ')
    return { ok: false, message: `muster: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}\n${usage}` }
  }
}
