// One try of a check at the network: it ends once, and nothing of it is left open.
import { failureText } from './failure.ts'

export type Outcome<Answer> = { readonly answer: Answer } | { readonly failure: string }

/**
 * Whatever is told first counts; then, and when the signal ends it, what was opened is destroyed. Error listeners must
 * stay on it: a torn connection may complain later.
 * @param open starts the try and returns what is to be destroyed; what it throws is a failure like any other
 */
export function attempt<Answer>(
  signal: AbortSignal,
  open: (tell: (outcome: Outcome<Answer>) => void) => { destroy(): unknown },
): Promise<Outcome<Answer>> {
  const { promise, resolve } = Promise.withResolvers<Outcome<Answer>>()
  const giveUp = (): void => tell({ failure: String(signal.reason) })
  const state: { over: boolean; opened?: { destroy(): unknown } } = { over: false }
  const tell = (outcome: Outcome<Answer>): void => {
    if (state.over) return
    state.over = true
    signal.removeEventListener('abort', giveUp)
    state.opened?.destroy()
    resolve(outcome)
  }
  if (signal.aborted) {
    giveUp()
    return promise
  }
  signal.addEventListener('abort', giveUp)
  try {
    state.opened = open(tell)
    if (state.over) state.opened.destroy()
  } catch (error) {
    tell({ failure: failureText(error) })
  }
  return promise
}
