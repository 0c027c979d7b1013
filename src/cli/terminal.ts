// What a command sees of the world around it; tests give it another.
import { fileReader } from './compose/read-compose.ts'

export interface Terminal {
  /** One line, or several. */
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
  readonly colour: boolean
  /** Absent: what was written cannot be drawn again. */
  readonly live?: {
    readonly write: (text: string) => void
    readonly size: () => { readonly rows: number; readonly columns: number }
  }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined: there is no such file, or it cannot be read. */
  readonly readFile: (path: string) => string | undefined
  /** Paths are shown relative to it. */
  readonly directory: string
}

/** The process's own. NO_COLOR: https://no-color.org */
export function processTerminal(): Terminal {
  // Whoever reads may have seen enough: `muster lint … | head`.
  process.stdout.on('error', () => undefined)
  const { stdout, env } = process
  return {
    ...(stdout.isTTY &&
      env['TERM'] !== 'dumb' && {
        live: {
          write: (text: string) => void stdout.write(text),
          size: () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 }),
        },
      }),
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
    colour: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
    env: process.env,
    readFile: fileReader,
    directory: process.cwd(),
  }
}

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const

export type Paint = (style: keyof typeof codes, text: string) => string

export function painter({ colour }: Pick<Terminal, 'colour'>): Paint {
  return (style, text) => (colour ? `\u001B[${codes[style]}m${text}\u001B[0m` : text)
}
