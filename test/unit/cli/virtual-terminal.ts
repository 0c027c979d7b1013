// A terminal with files of its own, in the directory /work, that keeps what is printed.
import { posix } from 'node:path'
import type { Terminal } from '../../../src/cli/terminal.ts'

export interface VirtualTerminal extends Terminal {
  readonly printed: string[]
  readonly complaints: string[]
}

export function virtualTerminal(
  files: Readonly<Record<string, string>>,
  more: Partial<Pick<Terminal, 'colour' | 'env'>> = {},
): VirtualTerminal {
  const printed: string[] = []
  const complaints: string[] = []
  const known = new Map(Object.entries(files).map(([name, text]) => [posix.resolve('/work', name), text]))
  return {
    print: (text) => void printed.push(...text.split('\n')),
    complain: (text) => void complaints.push(...text.split('\n')),
    colour: false,
    env: {},
    readFile: (path) => known.get(path),
    directory: '/work',
    printed,
    complaints,
    ...more,
  }
}
