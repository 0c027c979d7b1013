// Signals by number: the engine's `kill` events carry numbers, a container's StopSignal is mostly a name.
import { constants } from 'node:os'

const SIGTERM = 15
const SIGKILL = 9
/** Linux, as the engine counts them: RTMIN is 34, RTMAX 64. */
const realTime = { MIN: 34, MAX: 64 }
const numbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals))

/** `SIGQUIT`, `quit`, `3`, `SIGRTMIN+3` → the number; undefined for anything else. */
export function signalNumber(signal: string): number | undefined {
  if (/^\d+$/.test(signal)) return Number(signal)
  const name = signal.toUpperCase().replace(/^SIG/, '')
  const [, edge, offset = '0'] = /^RT(MIN|MAX)((?:[+-]\d+)?)$/.exec(name) ?? []
  if (edge === 'MIN' || edge === 'MAX') return realTime[edge] + Number(offset === '' ? '0' : offset)
  return numbers.get(`SIG${name}`)
}

/** A container's StopSignal; TERM when it names none, as the engine has it. */
export function stopSignal(signal: string): number {
  return signalNumber(signal) ?? SIGTERM
}

/** Whether a signal that was sent means that the container is going away. HUP or USR1 to a living one does not. */
export function beginsStop(sent: number, stopSignal: number = SIGTERM): boolean {
  return sent === stopSignal || sent === SIGKILL
}
