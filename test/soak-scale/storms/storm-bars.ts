// What must hold of storms.
import type { Judgement } from '../bars.ts'
import { percentile } from '../books.ts'
import type { Crowd } from './crowd.ts'
import type { Flapping } from './flapping.ts'
import type { Rebuild } from './rebuild.ts'
import type { Storms } from './storms.ts'

const cpuPercentMax = 10
const attemptGapMaxMs = 5000
/** Those of many Musters must not stay in step. */
const attemptSpreadMinMs = 10
const convergedAfterFlapsMaxMs = 2000
const convergedAfterCrowdMaxMs = 1000
const updateEveryMinMs = 100
/** Below it an update costs so little that Muster does not keep a start waiting for the next one. */
const smallCrowd = 100
const lagP99MaxMs = 50
const rebuildMaxMs = 50

export function judgeStorms({ flapping, crowd, rebuilds }: Storms): readonly Judgement[] {
  return [...judgeFlapping(flapping), ...judgeCrowd(crowd), judgeRebuilds(rebuilds)]
}

function judgeFlapping(flapping: Flapping): readonly Judgement[] {
  const { cpuPercent, restCpuPercent, attemptGaps, convergence, lived, errors } = flapping
  const [least, most] = [percentile(attemptGaps, 0), percentile(attemptGaps, 1)]
  const worst = Math.max(...convergence.map(({ ms }) => ms))
  return [
    {
      name: 'a Docker socket flaps: Muster lives, and nothing fails inside it',
      held: lived && errors.length === 0,
      figures: [lived ? 'it lives' : 'it ended', ...errors].join('; '),
    },
    {
      name: `a Docker socket flaps: below ${cpuPercentMax} % of a processor, with the requests`,
      held: cpuPercent < cpuPercentMax,
      figures: `${cpuPercent.toFixed(1)} %, with the requests alone ${restCpuPercent.toFixed(1)} %`,
    },
    noneFailed('a Docker socket flaps', flapping),
    {
      name: `a Docker socket flaps: attempts are at most ${attemptGapMaxMs / 1000} s apart, and not evenly`,
      held: most <= attemptGapMaxMs && most - least >= attemptSpreadMinMs,
      figures: `${least.toFixed(0)} to ${most.toFixed(0)} ms, ${attemptGaps.length} times`,
    },
    {
      name: `a Docker socket flaps: what happened meanwhile is in force ${convergedAfterFlapsMaxMs / 1000} s after it stops`,
      held: worst <= convergedAfterFlapsMaxMs,
      figures: `${worst.toFixed(0)} ms at worst of ${convergence.length}`,
    },
  ]
}

function judgeCrowd(crowd: Crowd): readonly Judgement[] {
  const { containers, convergedMs, lags, errors } = crowd
  const start = `${containers} containers start`
  const from = (crowd.seconds * 1000 * smallCrowd) / containers
  const later = crowd.updates.filter((at) => at >= from)
  const forMs = (later.at(-1) ?? 0) - from
  return [
    {
      name: `${start}: all take requests ${convergedAfterCrowdMaxMs / 1000} s after the last event`,
      held: convergedMs <= convergedAfterCrowdMaxMs && errors.length === 0,
      figures: [`${convergedMs.toFixed(0)} ms`, ...errors].join('; '),
    },
    {
      name: `${start}: one update in ${updateEveryMinMs} ms, from the ${smallCrowd}th on`,
      held: later.length <= forMs / updateEveryMinMs + 1,
      figures: `${later.length} in ${(forMs / 1000).toFixed(1)} s, ${crowd.updates.length} in all`,
    },
    {
      name: `${start}: 99 % of a thread's lags are below ${lagP99MaxMs} ms, waits for a processor apart`,
      held: lags.length > 0 && lags.every(({ ownP99Ms }) => ownP99Ms <= lagP99MaxMs),
      figures: `${lags.map(({ ownP99Ms }) => ownP99Ms.toFixed(1)).join(', ')} ms, with them ${lags.map(({ p99Ms }) => p99Ms.toFixed(1)).join(', ')}`,
    },
    noneFailed(start, crowd),
  ]
}

function judgeRebuilds(rebuilds: readonly Rebuild[]): Judgement {
  const median = percentile(
    rebuilds.map(({ linkMs, compileMs }) => linkMs + compileMs),
    0.5,
  )
  return {
    name: `what all of them declare is made into handlers anew in ${rebuildMaxMs} ms of processor time`,
    held: median <= rebuildMaxMs,
    figures: `${median.toFixed(1)} ms, median of ${rebuilds.length}`,
  }
}

function noneFailed(when: string, { requests, failed }: Pick<Flapping, 'requests' | 'failed'>): Judgement {
  const count = Object.values(failed).reduce((sum, each) => sum + each, 0)
  return {
    name: `${when}: no request fails`,
    held: count === 0 && requests > 0,
    figures: `${count} of ${requests} failed`,
  }
}
