// The table, and what is known of each failure.
import { percentile } from './books.ts'
import type { Row, Times } from './scene.ts'

/** Of one row's failures. */
const failuresShown = 10

type Column = readonly [heading: string, cell: (row: Row) => string]

const columns: readonly Column[] = [
  ['', ({ on, what }) => `${on}: ${what}`],
  ['app', ({ manner }) => manner],
  ['requests', ({ requests }) => String(requests)],
  ['status', ({ failed }) => String(failed.status)],
  ['reset', ({ failed }) => String(failed.reset)],
  ['timeout', ({ failed }) => String(failed.timeout)],
  ['wrong', ({ failed }) => String(failed.wrong)],
  ['inside', ({ places }) => String(places.inside)],
  ['under way', ({ places }) => String(places.underWay)],
  ['outside', ({ places }) => String(places.outside)],
  ['GET, PUT', ({ idempotentFailed }) => String(idempotentFailed)],
  ['twice', ({ twice }) => String(twice)],
  ['median ms', ({ medianMs }) => medianMs.toFixed(0)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(0)],
  ['worst ms', ({ worstMs }) => worstMs.toFixed(0)],
]

export function tableOf(rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]
  return aligned(lines)
}

export function timesTable(
  { killToLast, listeningToFirst, answerToList }: Times,
  others: Readonly<Record<string, Summary>>,
): string {
  const ours = {
    'kill event → last request that still came': summaryOf(killToLast),
    'listening → first request': summaryOf(listeningToFirst),
    'engine answers again → Muster has its containers': summaryOf(answerToList),
  }
  const measured = Object.entries({ ...ours, ...others }).filter(([, { times }]) => times > 0)
  if (measured.length === 0) return ''
  const lines = measured.map(([what, { median, worst, times }]) => [
    what,
    `${median.toFixed(1)} ms`,
    `${worst.toFixed(1)} ms`,
    String(times),
  ])
  return aligned([['', 'median', 'worst', 'times'], ...lines])
}

export interface Summary {
  readonly median: number
  readonly worst: number
  readonly times: number
}

function summaryOf(values: readonly number[]): Summary {
  return { median: percentile(values, 0.5), worst: percentile(values, 1), times: values.length }
}

/** What failed in a row, the first of it. */
export function failuresOf({ failures }: Row): readonly string[] {
  const lines = failures.slice(0, failuresShown).map(({ began, ended, ...failure }) => {
    const { id, method, kind, reason, place, near } = failure
    const at = new Date(began).toISOString().slice(11, 23)
    return `  ${at} ${method} ${id}: ${kind} (${reason}) after ${(ended - began).toFixed(0)} ms; ${place}; began ${near}`
  })
  const more = failures.length - lines.length
  return more > 0 ? [...lines, `  … and ${more} more`] : lines
}

/** The first column to the left, figures to the right. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return lines.map((line) => `  ${line.map(pad).join('  ').trimEnd()}`).join('\n')
}
