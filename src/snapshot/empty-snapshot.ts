import { emptyConfig } from '../model/merge.ts'
import type { Snapshot } from './snapshot.ts'

/** What there is before any provider has spoken. */
export const emptySnapshot: Snapshot = {
  version: 0,
  routers: new Map(),
  services: new Map(),
  middlewares: new Map(),
  tcp: emptyConfig.tcp,
  udp: emptyConfig.udp,
  problems: [],
  plan: { routes: new Map(), services: new Map() },
}
