// What must hold of each row, and of the times.
import { percentile } from './books.ts'
import type { Row, Times } from './scene.ts'

export interface Judgement {
  readonly name: string
  readonly held: boolean
  readonly figures: string
}

const killToLastMedianMax = 5
const killToLastWorstMax = 50
const listeningToFirstMedianMax = 60
const answerToListWorstMax = 2000

export function judge(rows: readonly Row[], times: Times): readonly Judgement[] {
  return [...rows.map(judgeRow), ...judgeTimes(times)]
}

function judgeRow({ on, what, manner, bar, p99Max, p99Ms, worstMax, worstMs, requests, ...row }: Row): Judgement {
  const failed = Object.values(row.failed).reduce((sum, count) => sum + count, 0)
  const missed = [
    ...(requests === 0 ? ['nobody asked anything'] : []),
    ...(bar === 'nothing' && failed > 0 ? [`${failed} failed`] : []),
    ...(row.places.outside > 0 ? [`${row.places.outside} failed that were not inside`] : []),
    ...(bar === 'what was inside and may not be repeated' && row.idempotentFailed > 0
      ? [`${row.idempotentFailed} GET or PUT failed`]
      : []),
    ...(row.failed.wrong > 0 ? [`${row.failed.wrong} wrong answers`] : []),
    ...(row.twice > 0 ? [`${row.twice} POSTs carried out twice`] : []),
    ...(p99Max !== undefined && !(p99Ms <= p99Max) ? [`one in a hundred took ${p99Ms.toFixed(1)} ms or longer`] : []),
    ...(worstMax !== undefined && !(worstMs < worstMax) ? [`the slowest took ${worstMs.toFixed(0)} ms`] : []),
  ]
  const may = [
    `${bar} may fail`,
    ...(p99Max === undefined ? [] : [`99 of 100 within ${p99Max.toFixed(1)} ms`]),
    ...(worstMax === undefined ? [] : [`none takes ${worstMax / 1000} s`]),
  ].join(', ')
  return {
    name: `${on}, ${manner}, ${what}: ${may}`,
    held: missed.length === 0,
    figures: missed.join(', ') || `${failed} of ${requests} failed`,
  }
}

function judgeTimes({ killToLast, listeningToFirst, answerToList }: Times): readonly Judgement[] {
  const judgements: Judgement[] = []
  if (killToLast.length > 0) {
    const [median, worst] = [percentile(killToLast, 0.5), percentile(killToLast, 1)]
    judgements.push({
      name: `no request comes after the kill event: median below ${killToLastMedianMax} ms, worst below ${killToLastWorstMax}`,
      held: median < killToLastMedianMax && worst < killToLastWorstMax,
      figures: `${median.toFixed(1)} and ${worst.toFixed(1)} ms of ${killToLast.length}`,
    })
  }
  if (listeningToFirst.length > 0) {
    const median = percentile(listeningToFirst, 0.5)
    judgements.push({
      name: `who listens gets a request: median below ${listeningToFirstMedianMax} ms`,
      held: median < listeningToFirstMedianMax,
      figures: `${median.toFixed(1)} ms of ${listeningToFirst.length}`,
    })
  }
  if (answerToList.length > 0) {
    const worst = percentile(answerToList, 1)
    judgements.push({
      name: `an engine that answers again is known within ${answerToListWorstMax / 1000} s`,
      held: worst < answerToListWorstMax,
      figures: `${worst.toFixed(0)} ms at most, of ${answerToList.length}`,
    })
  }
  return judgements
}
