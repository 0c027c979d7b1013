// A finding as people and machines read it.
import { relative } from 'node:path'
import type { Position } from '../compose/tree.ts'
import type { Paint, Terminal } from '../terminal.ts'
import type { Said } from './finding.ts'

const styles = { error: 'red', warning: 'yellow', note: 'cyan' } as const

/** As editors and compilers write it: `file:line:column severity …`. */
export function findingLine(said: Said, { directory }: Terminal, paint: Paint): string {
  const { position, severity, label, message, hint } = said
  const subject = label === undefined ? '' : `${label}: `
  const wayOut = hint === undefined ? '' : paint('dim', ` (${hint})`)
  const place = paint('bold', placeOf(position, directory))
  return `${place} ${paint(styles[severity], severity)} ${subject}${message}${wayOut}`
}

export function findingJson({ position, ...said }: Said, { directory }: Terminal): object {
  const { file, line, column } = position
  return { file: relative(directory, file), line, column, ...said }
}

export function placeOf({ file, line, column }: Position, directory: string): string {
  return `${relative(directory, file)}:${line}:${column}`
}
