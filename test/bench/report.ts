// How results are shown: aligned tables for people, one JSON document for programs.
import type { Growth } from './growth.ts'
import type { Part, Result, Row } from './measure.ts'

type Column = readonly [heading: string, cell: (row: Row, reference: Row | undefined) => string]

/** One table; the reference of the ratio is nginx, or the first row where nginx did not take part. */
export function tableOf({ unit }: Part, { rows }: Result): string {
  if (rows.length === 0) return '  nobody took part'
  const reference = rows.find(({ label }) => label === 'nginx') ?? rows[0]
  const columns: Column[] = [
    ['', ({ label }) => label],
    [`CPU µs/${unit}`, ({ cpuUs }) => cpuUs.toFixed(1)],
    [`× ${reference?.label ?? ''}`, ({ cpuUs }) => (cpuUs / (reference?.cpuUs ?? Number.NaN)).toFixed(2)],
    [`${unit}s/s`, ({ perSecond }) => perSecond.toFixed(0)],
    ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(2)],
    ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(2)],
    ['memory MB', (row) => megabytes(row.memoryBytes)],
  ]
  if (rows.some(({ errors }) => errors > 0)) columns.push(['errors', ({ errors }) => String(errors)])
  if (rows.some((row) => row.swapsPerSecond > 0)) {
    columns.push(['swaps/s', ({ swapsPerSecond }) => swapsPerSecond.toFixed(1)])
  }
  return aligned([
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, cell]) => cell(row, reference))),
  ])
}

export function growthText({ requests, firstBytes, lastBytes, highestBytes, errors }: Growth): string {
  const memory = `${megabytes(firstBytes)} MB after the first 100,000, ${megabytes(lastBytes)} MB at the end`
  return `${requests} requests, ${errors} errors: ${memory}, ${megabytes(highestBytes)} MB at most`
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

/** The first column to the left, figures to the right. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) => line.map((cell, column) => pad(cell, widths[column] ?? 0, column === 0)).join('   '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n')
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width)
}
