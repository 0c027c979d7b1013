// `/api/muster/events` and the journal: what the pages are kept in step with. The state is put into words once for all who
// watch, and sent when it differs.
import type { InternalAnswer, InternalRequest } from '../exchange/internal.ts'
import { apiFields, json, told } from './answer.ts'
import { balancers } from './balancer-report.ts'
import { siteRefusal } from './guard.ts'
import type { AdminSources } from './sources.ts'

const everyMs = 250
/** With more members than that a state is large, and is put into words less often. */
const manyMembers = 200
const everyMsWithMany = 1000

/** One state in words. */
interface Words {
  /** Differs from that of every state before it that read otherwise. */
  readonly tag: number
  readonly text: string
  readonly madeAt: number
}

export function createEvents(sources: AdminSources): (request: InternalRequest) => InternalAnswer {
  const { cluster, store, journal } = sources
  let last: Words = { tag: 0, text: '', madeAt: Number.NEGATIVE_INFINITY }
  const wordsNow = (freshMs: number): Words => {
    const now = performance.now()
    if (now - last.madeAt < freshMs) return last
    const text = `"balancers":${JSON.stringify(balancers(sources))},"problems":${store.current.problems.length + sources.troubles().length}`
    last = { tag: text === last.text ? last.tag : last.tag + 1, text, madeAt: now }
    return last
  }
  return (request) => {
    // It would not be allowed to read them, but it could take all the streams there may be.
    const refusal = siteRefusal(request, ['same-origin', 'none'])
    if (refusal !== undefined) return told(403, refusal)
    const query = new URLSearchParams(request.query)
    const afterMs = cluster.members.length > manyMembers ? everyMsWithMany : everyMs
    // Whoever asks first in a round has it made for the others.
    const { tag, text } = wordsNow(afterMs / 2)
    const entries = journal.since(Number(query.get('since') ?? 0))
    const again = { afterMs, query: `since=${journal.lastId}&seen=${tag}` }
    const isNews = query.get('seen') !== String(tag) || entries.length > 0
    const data = `{"at":${Date.now()},${text},"journal":${JSON.stringify(entries)}}`
    const body = isNews ? `event: state\ndata: ${data}\n\n` : ''
    return { status: 200, body, fields: ['Content-Type', 'text/event-stream', ...apiFields], again }
  }
}

export function journalReport({ journal }: AdminSources, query: URLSearchParams): InternalAnswer {
  const since = query.get('since') ?? '0'
  if (!/^\d{1,16}$/.test(since)) return told(400, '"since" must be the id of an entry')
  return json(200, journal.since(Number(since)))
}
