// A connection for a request that must not be carried out twice. A member that is being stopped may have closed it before it
// has read the request, and nobody could tell: so it is looked at first whether it is still there.
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import type { MemberPool } from './pool.ts'

/**
 * As long a new connection is left alone while members leave: the kernel makes it, and if the member closes its listener
 * before it has accepted it, the connection is reset. A busy process may take tens of milliseconds to either.
 */
const proveMs = 50

/**
 * Waits and rejects as `pool.connect`, and rejects when the member leaves meanwhile: no failure of its own, another one is tried.
 * @param isUnsettled it may be about to leave: others of its service have left a moment ago, or it has closed a connection
 */
export async function connectCarefully(
  asker: object,
  pool: MemberPool,
  isUnsettled: () => boolean,
): Promise<Connection> {
  const { keeps } = pool
  const idle = pool.take()
  if (idle !== undefined) {
    await twoTurns()
    if (pool.keeps && idle.alive) return idle
    idle.destroy()
    // Of the others, too, it is known by now.
    const other = pool.take()
    if (other !== undefined) return other
    if (!pool.keeps) throw pool.error('busy', 'the member is leaving')
  }
  const wary = idle !== undefined || isUnsettled()
  const connection = await pool.connect(asker)
  if (connection.reused || !wary) return connection
  await delay(proveMs)
  await twoTurns()
  if (connection.alive && pool.keeps === keeps) return connection
  connection.destroy()
  throw pool.error('busy', 'the member is leaving')
}

/**
 * Most servers close their idle connections first thing when they are stopped. The end of one may have arrived and not been
 * read yet: in two turns of the event loop it is, with that of every other connection.
 */
function twoTurns(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve))
  })
}
