// What the set-up says while it works: one line per long step, with the time it took.
import { SetupError } from './run.ts'

/** Announces a step that takes seconds or more, runs it, and adds how long it took. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now()
  process.stdout.write(`${what} … `)
  try {
    const result = await work()
    process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`)
    return result
  } catch (error) {
    process.stdout.write('failed\n')
    throw error
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Runs a script's main function. A SetupError is a sentence for the user; anything else is our bug and keeps its stack. */
export async function script(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`muster: ${error.message}`)
    process.exitCode = 1
  }
}
