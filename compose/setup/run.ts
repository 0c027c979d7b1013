// Child processes of the set-up: no shells, no stdin, and errors that say what was run and how it ended.
import { spawn } from 'node:child_process'
import type { StdioOptions } from 'node:child_process'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Something about this machine is in the way; the message is for a person and names the way out. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}

export interface RunOptions {
  readonly cwd?: string
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Fed to the command; it gets no stdin otherwise. */
  readonly input?: Readable
  readonly signal?: AbortSignal
}

export interface Outcome {
  /** Undefined when the command could not be started or was killed. */
  readonly code: number | undefined
  readonly stdout: string
  /** What it wrote to stdout and stderr, in the order it arrived. */
  readonly output: string
}

const linesShown = 15

/** Runs a command to its end; a missing command is an outcome, not an error. */
export async function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const stdio: StdioOptions = [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
  const { cwd, signal } = options
  const env = { ...process.env, ...options.env }
  const child = spawn(command, args, { stdio, env, ...(cwd && { cwd }), ...(signal && { signal }) })
  let stdout = ''
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | undefined>((resolve) => {
    child.on('error', (error) => {
      output += error.message
      resolve(undefined)
    })
    child.on('close', (code) => resolve(code ?? undefined))
  })
  // A command that ends before it has read its input tells why in its output.
  if (options.input && child.stdin) await pipeline(options.input, child.stdin).catch(() => undefined)
  return { code: await ended, stdout, output }
}

/** Runs a command that is expected to succeed and returns its stdout; throws a SetupError with its last lines. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await attempt(command, args, options)
  if (outcome.code === 0) return outcome.stdout
  const how = outcome.code === undefined ? 'did not run to its end' : `ended with exit code ${outcome.code}`
  throw new SetupError(`\`${[command, ...args].join(' ')}\` ${how}:\n${lastLines(outcome.output)}`)
}

export function lastLines(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .slice(-linesShown)
    .map((line) => `  ${line}`)
    .join('\n')
}
