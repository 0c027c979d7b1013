// Keeps the page in step with Muster: the stream of states, who may edit, and the journal from where it was left.
import { setServerTime } from './ago.js'
import { apiUrl, get } from './api.js'
import { change, current, keep } from './store.js'

const reopenMs = 2000
/** A state comes every second: so long a silence is a connection nobody has told us is gone. */
const silenceMs = 15_000
const journalMax = 500

let source
let silence

export function openStream() {
  source?.close()
  source = new EventSource(apiUrl('events'))
  // Before the first state of this connection: it brings entries since then only.
  source.addEventListener('open', () => void catchUp())
  source.addEventListener('state', ({ data }) => take(JSON.parse(data)))
  source.addEventListener('error', () => {
    change({ contact: 'lost' })
    // The browser tries again after a cut connection, but not after an answer that is no stream: a proxy's 502.
    if (source.readyState === EventSource.CLOSED) setTimeout(openStream, reopenMs)
  })
}

/** The token, and whether it was another one before: then Muster was restarted. */
export async function renewSession() {
  const before = current().session.token
  const session = await get('session')
  const isOther = before !== '' && before !== session.token
  // Another Muster counts its entries from the beginning.
  change(isOther ? { session, journal: [] } : { session })
  return isOther
}

/** At once, without waiting for the next state. */
export async function refresh() {
  const balancers = await get('balancers').catch(() => undefined)
  if (balancers !== undefined) change({ balancers: keep(current().balancers, balancers) })
}

function take({ at, balancers, journal, problems }) {
  setServerTime(at)
  const { balancers: known } = current()
  change({ contact: 'live', heardAt: Date.now(), balancers: keep(known, balancers), problems: problems ?? 0 })
  if (journal?.length > 0) addToJournal(journal)
  clearTimeout(silence)
  silence = setTimeout(() => {
    change({ contact: 'lost' })
    openStream()
  }, silenceMs)
}

async function catchUp() {
  try {
    await renewSession()
    const last = current().journal.at(-1)
    addToJournal(await get(last === undefined ? 'journal' : `journal?since=${last.id}`))
  } catch {
    // The stream says itself when there is no contact, and a next connection asks again.
  }
}

function addToJournal(entries) {
  const byId = new Map([...current().journal, ...entries].map((entry) => [entry.id, entry]))
  const journal = [...byId.values()].sort((a, b) => a.id - b.id).slice(-journalMax)
  change({ journal })
}
