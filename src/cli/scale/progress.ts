// How far a scaling is, for people and programs: lines that are drawn again on a terminal, one line per change elsewhere,
// one JSON object per line with --json.
import { stripVTControlCharacters } from 'node:util'
import { painter } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'

export type Step =
  | 'creating'
  | 'starting'
  | 'waiting'
  | 'ready'
  | 'draining'
  | 'stopping'
  | 'removed'
  | 'failed'
  | 'kept'

export interface ReplicaEvent {
  readonly event: 'replica'
  readonly project: string
  readonly service: string
  readonly replica: string
  readonly step: Step
  /** What it waits for, or why it failed. */
  readonly detail?: string
  /** What it wrote last, where it failed. */
  readonly log?: readonly string[]
}

export interface ServiceSummary {
  readonly project: string
  readonly service: string
  readonly before: number
  readonly wanted: number
  readonly now: number
}

export type ScaleEvent =
  | ReplicaEvent
  | { readonly event: 'note'; readonly message: string }
  | { readonly event: 'error'; readonly message: string }
  | {
      readonly event: 'summary'
      readonly ok: boolean
      readonly interrupted: boolean
      readonly ms: number
      readonly services: readonly ServiceSummary[]
    }

export type Tell = (event: ScaleEvent) => void

export function progressOf(terminal: Terminal, json: boolean): Tell {
  if (json) return (event) => terminal.print(JSON.stringify(event))
  return terminal.live === undefined ? plainLines(terminal) : drawnLines(terminal, terminal.live)
}

/** A detail may change with each look; without a terminal only a new step is worth a line. */
function plainLines(terminal: Terminal): Tell {
  const steps = new Map<string, Step>()
  return (event) => {
    if (event.event !== 'replica') return tellRest(event, terminal)
    if (steps.get(event.replica) === event.step) return
    steps.set(event.replica, event.step)
    terminal.print(line(event, terminal))
    tellLog(event, terminal.print)
  }
}

function drawnLines(terminal: Terminal, live: NonNullable<Terminal['live']>): Tell {
  const last = new Map<string, ReplicaEvent>()
  let drawn = 0
  const erase = (): void => {
    if (drawn > 0) live.write(`\u001B[${drawn}A\u001B[J`)
    drawn = 0
  }
  const draw = (): void => {
    const { rows, columns } = live.size()
    const all = [...last.values()]
    // What does not fit could not be erased again: those that are done are named by their number.
    const isMoving = ({ step }: ReplicaEvent): boolean => step !== 'ready' && step !== 'removed'
    const fitting = all.length < rows ? all : all.filter(isMoving).slice(0, Math.max(1, rows - 2))
    const hidden = all.length - fitting.length
    const lines = fitting.map((event) => line(event, terminal, columns))
    if (hidden > 0) lines.push(`${hidden} more, ${all.filter((event) => !isMoving(event)).length} are done`)
    live.write(lines.map((text) => `${text}\n`).join(''))
    drawn = lines.length
  }
  return (event) => {
    erase()
    if (event.event === 'replica') last.set(event.replica, event)
    if (event.event !== 'summary' && event.event !== 'replica') tellRest(event, terminal)
    if (event.event === 'replica') tellLog(event, terminal.complain)
    draw()
    if (event.event === 'summary') tellRest(event, terminal)
  }
}

const marks = { ready: '✓', removed: '✓', failed: '✗', kept: '-' } as const
const styles = { ready: 'green', removed: 'green', failed: 'red', kept: 'yellow' } as const

function line({ replica, step, detail }: ReplicaEvent, terminal: Terminal, columns = Infinity): string {
  const isEnd = step === 'ready' || step === 'removed' || step === 'failed' || step === 'kept'
  const mark = isEnd ? marks[step] : '·'
  // What a container wrote, or is called, may not move the cursor.
  const said = detail === undefined ? '' : `: ${stripVTControlCharacters(detail).replace(/\p{Cc}+/gu, ' ')}`
  const text = `${mark} ${replica} ${step}${said}`
  const fitting = text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 2))}…`
  return painter(terminal)(isEnd ? styles[step] : 'cyan', fitting)
}

function tellLog({ replica, log = [] }: ReplicaEvent, print: (text: string) => void): void {
  for (const text of log) print(`    ${replica} | ${text}`)
}

function tellRest(event: Exclude<ScaleEvent, ReplicaEvent>, terminal: Terminal): void {
  const paint = painter(terminal)
  switch (event.event) {
    case 'note':
      return terminal.complain(`muster: ${event.message}`)
    case 'error':
      return terminal.complain(`muster: ${paint('red', event.message)}`)
    case 'summary':
  }
  for (const { project, service, before, wanted, now } of event.services) {
    const missed = now === wanted ? '' : `, ${wanted} wanted`
    const change = before === now ? String(now) : `${before} → ${now}`
    terminal.print(`${project}/${service}: ${change} ${now === 1 ? 'replica' : 'replicas'}${missed}`)
  }
  if (event.interrupted) return terminal.print(`interrupted after ${seconds(event.ms)}: what is done stays`)
  terminal.print(event.ok ? `done in ${seconds(event.ms)}` : `not all done after ${seconds(event.ms)}`)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
