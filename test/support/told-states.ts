// States of balancers as the API tells them, for what a page must show and real members show too seldom.
import type { Page } from 'playwright-core'

export type Told = Record<string, unknown>

export interface ToldState {
  readonly balancers: readonly Told[]
  readonly journal?: readonly Told[]
}

export function toldBalancer(name: string, members: readonly Told[], fields: Told = {}): Told {
  return {
    name,
    method: 'byrequests',
    failover: true,
    forceRecovery: true,
    retryMs: 10_000,
    slowStartMs: 0,
    usedBy: [name],
    members,
    ...fields,
  }
}

export function toldMember(service: string, slot: string, fields: Told = {}): Told {
  const name = slot.replaceAll('/', '-')
  const config = { route: name, container: name, url: 'http://192.0.2.7:80', weight: 1, lbset: 0, status: '' }
  const life = {
    state: 'ready',
    reason: 'its port accepts',
    since: Date.now() - 60_000,
    role: 'regular',
    flags: 'Init Ok',
  }
  const books = { elected: 0, busy: 0, errors: 0, to: 0, from: 0, load: 0, stuck: 0, errorRate: 0, perSecond: [] }
  return { key: `${service}|${slot}`, service, slot, ...config, ...life, ...books, ...fields }
}

/** The page is told this instead of Muster's state: asked anew many times a second. */
export async function tellStates(page: Page, state: () => ToldState): Promise<void> {
  await page.route('**/api/muster/balancers', (route) => route.fulfill({ json: state().balancers }))
  await page.route('**/api/muster/events', (route) => {
    const data = JSON.stringify({ at: Date.now(), journal: [], problems: 0, ...state() })
    // The connection ends with the state; the browser comes back soon for the next one.
    return route.fulfill({ contentType: 'text/event-stream', body: `retry: 100\nevent: state\ndata: ${data}\n\n` })
  })
}
