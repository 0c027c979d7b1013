// What a publication adds to the one before, as data-plane threads are told it: worked out once, however many there are.
import type { Ledger } from '../ledger/ledger.ts'
import { planUpdate } from '../snapshot/plan-update.ts'
import type { Plan } from '../snapshot/snapshot.ts'
import type { Publication, ThreadPublication } from './data-plane.ts'

/** The first has everything in it. */
export function createWhatsNew(ledger: Ledger): (publication: Publication) => ThreadPublication {
  let told: Plan | undefined
  let upTo = 0
  return ({ version, plan }) => {
    const update = planUpdate(told, plan)
    const books = ledger.share(upTo)
    told = plan
    upTo = books.upTo
    return { version, update, books }
  }
}
