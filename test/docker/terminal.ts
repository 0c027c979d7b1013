// A command in a terminal, as somebody sits before it: what it shows, keys, and a window whose size changes.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { lastLines, run } from '../../compose/setup/run.ts'
import { eventually } from '../support/eventually.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

const ceilingMs = 20_000

export class Terminal implements Disposable {
  /** The exit code of the command. */
  readonly ended: Promise<unknown>
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  #shown = ''

  /** The terminal is made by `script` (util-linux), which nearly every Linux has. */
  constructor(command: readonly string[], { columns, rows }: Size, env: Readonly<Record<string, string>> = {}) {
    const line = `stty columns ${columns} rows ${rows}; tty; exec ${command.map(quoted).join(' ')}`
    this.#child = spawn('script', ['-qfec', line, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm', ...env },
    })
    this.#child.stdin.on('error', () => undefined)
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#shown += text))
    this.ended = once(this.#child, 'close').then(([code]: unknown[]) => code)
  }

  async shows(text: RegExp): Promise<void> {
    await eventually(() => {
      if (!text.test(this.#shown))
        throw new Error(`the terminal does not show ${text}, but:\n${lastLines(this.#shown)}`)
    }, ceilingMs)
  }

  type(keys: string): void {
    this.#child.stdin.write(keys)
  }

  async resize({ columns, rows }: Size): Promise<void> {
    const [device = ''] = /^\/dev\/\S+/.exec(this.#shown) ?? []
    await run('stty', ['-F', device, 'columns', String(columns), 'rows', String(rows)])
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
