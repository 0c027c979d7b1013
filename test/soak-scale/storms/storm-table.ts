// The figures of storms, for people.
import { percentile } from '../books.ts'
import { aligned } from '../report.ts'
import type { Rebuild } from './rebuild.ts'
import type { Storms } from './storms.ts'

export function stormTable({ flapping, crowd, rebuilds }: Storms): string {
  const { updates, lags } = crowd
  const gaps = updates.slice(1).map((at, index) => at - (updates[index] ?? 0))
  return aligned([
    [`a Docker socket flaps for ${flapping.seconds.toFixed(0)} s`, ''],
    ['  processor time', `${flapping.cpuPercent.toFixed(1)} %`],
    ['  with the requests alone', `${flapping.restCpuPercent.toFixed(1)} %`],
    ['  requests', String(flapping.requests)],
    ...flapping.convergence.map(({ after, ms }) => [`  in force after it ${after}`, `${ms.toFixed(0)} ms`]),
    [`${crowd.containers} containers start within ${crowd.seconds.toFixed(1)} s`, ''],
    ['  last event → all take requests', `${crowd.convergedMs.toFixed(0)} ms`],
    ['  updates', String(updates.length)],
    ['  between two, shortest', `${percentile(gaps, 0).toFixed(0)} ms`],
    ['  between two, median', `${percentile(gaps, 0.5).toFixed(0)} ms`],
    ...lags.flatMap(({ thread, ...lag }) => [
      [`  lag of ${thread === 0 ? 'the control thread' : `data-plane thread ${thread}`}, 99 %`, ms(lag.p99Ms)],
      ['    worst', ms(lag.worstMs)],
      ['    without waits for a processor, 99 %', ms(lag.ownP99Ms)],
      ['    worst', ms(lag.ownWorstMs)],
    ]),
    ['  requests', String(crowd.requests)],
    ['  slowest request', `${crowd.worstMs.toFixed(0)} ms`],
    [`made anew ${rebuilds.length} times, median and first`, ''],
    ['  labels → configuration', rebuildText(rebuilds, ({ declareMs }) => declareMs)],
    ['  configuration → snapshot', rebuildText(rebuilds, ({ linkMs }) => linkMs)],
    ['  snapshot → handlers, in each thread', rebuildText(rebuilds, ({ compileMs }) => compileMs)],
  ])
}

function rebuildText(rebuilds: readonly Rebuild[], msOf: (rebuild: Rebuild) => number): string {
  const values = rebuilds.map(msOf)
  return `${percentile(values, 0.5).toFixed(1)}, ${(values[0] ?? Number.NaN).toFixed(1)} ms`
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
