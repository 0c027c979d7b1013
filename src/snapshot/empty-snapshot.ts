import type { Snapshot } from './snapshot.ts'

/** What there is before any provider has spoken. */
export const emptySnapshot: Snapshot = {
  version: 0,
  routers: new Map(),
  services: new Map(),
  middlewares: new Map(),
  problems: [],
  plan: { routes: [], services: new Map() },
}
