// Keeps the page in step with Muster: the stream of states, and plain requests where the stream is silent or not to be had.
import { setServerTime } from './ago.js'
import { apiUrl, get } from './api.js'
import { change, current, keep } from './store.js'

const reopenMs = 2000
/** Muster is silent while nothing changes, and a connection that nobody ended is silent as well: one request tells. */
const silenceMs = 5000
const journalMax = 500

let source
let silence

export function openStream() {
  source?.close()
  source = new EventSource(apiUrl('events'))
  source.addEventListener('open', () => void renewSession())
  source.addEventListener('state', ({ data }) => take(JSON.parse(data)))
  source.addEventListener('error', () => {
    // The browser tries again after a cut connection, but not after an answer that is no stream: a proxy's 502.
    if (source.readyState === EventSource.CLOSED) setTimeout(openStream, reopenMs)
    void refresh()
  })
}

/** Who may edit here, and with which token. True: another token than before, so Muster was restarted. */
export async function renewSession() {
  const { token } = current().session
  try {
    const session = await get('session')
    change({ session })
    return token !== '' && token !== session.token
  } catch (error) {
    // What was known stays while Muster does not answer; a refusal is an answer.
    if (error.isRefusal) change({ session: { token: '', editable: false, reason: error.message, persists: false } })
    return false
  }
}

/** Asks without waiting for the next state. */
export async function refresh() {
  try {
    heard({ balancers: await get('balancers') })
  } catch {
    change({ contact: 'lost' })
    listenForSilence()
  }
}

function take({ at, balancers, journal, problems }) {
  setServerTime(at)
  heard({ balancers, problems })
  if (journal.length > 0) addToJournal(journal)
}

function heard({ balancers, ...others }) {
  const known = current().balancers
  change({ contact: 'live', heardAt: Date.now(), balancers: keep(known, balancers), ...others })
  listenForSilence()
}

function listenForSilence() {
  clearTimeout(silence)
  silence = setTimeout(refresh, silenceMs)
}

/** A new connection begins with entries that the page has already. */
function addToJournal(entries) {
  const byId = new Map([...current().journal, ...entries].map((entry) => [entry.id, entry]))
  const journal = [...byId.values()].sort((a, b) => a.id - b.id).slice(-journalMax)
  change({ journal })
}
