// What Traefik's lists can be asked for: search, filters, order and a page of it (`pkg/api/criterion.go` and `sort.go` there).
import type { Item } from './item.ts'

export type Listed =
  | { readonly ok: true; readonly items: readonly Item[]; readonly nextPage: number }
  | { readonly ok: false; readonly reason: string }

const perPageDefault = 100
const perPageMax = 10_000

/** Matching items in order, one page of them; the next page's number is 1 when there is none. */
export function listed(all: readonly Item[], query: URLSearchParams): Listed {
  const perPage = positive('per_page', query, perPageDefault)
  const page = positive('page', query, 1)
  for (const number of [perPage, page]) if (typeof number === 'string') return { ok: false, reason: number }
  const items = inOrder(
    all.filter((item) => isWanted(item, query)),
    query,
  )
  const size = Math.min(Number(perPage), perPageMax)
  const start = (Number(page) - 1) * size
  if (start !== 0 && start >= items.length) {
    return { ok: false, reason: `invalid request: page: ${page}, per_page: ${perPage}` }
  }
  const end = start + size
  return { ok: true, items: items.slice(start, end), nextPage: end < items.length ? Number(page) + 1 : 1 }
}

/** The number, or what is wrong with it. */
function positive(key: string, query: URLSearchParams, otherwise: number): number | string {
  const text = query.get(key)
  if (text === null || text === '') return otherwise
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : 0
  return Number.isSafeInteger(number) && number > 0 ? number : `invalid request: ${key}: ${number}`
}

function isWanted({ name, facts }: Item, query: URLSearchParams): boolean {
  const status = query.get('status') ?? ''
  const search = (query.get('search') ?? '').toLowerCase()
  const service = query.get('serviceName') ?? ''
  const middleware = query.get('middlewareName') ?? ''
  const { rule = '', middlewares } = facts
  return (
    (status === '' || facts.status.toLowerCase() === status.toLowerCase()) &&
    (search === '' || [name, rule].some((text) => text.toLowerCase().includes(search))) &&
    (service === '' || facts.service === undefined || isNamed(facts.service, service)) &&
    (middleware === '' || middlewares === undefined || middlewares.includes(middleware))
  )
}

/** A reference as it is shown: without its provider when that is the router's own. */
function isNamed(shown: string, wanted: string): boolean {
  return shown.includes('@') ? shown === wanted : shown === wanted.replace(/@.*$/, '')
}

const orders: Readonly<Record<string, (item: Item) => string | bigint | number>> = {
  name: ({ name }) => name,
  provider: ({ provider }) => provider,
  priority: ({ facts }) => facts.priority ?? 0n,
  status: ({ facts }) => facts.status,
  rule: ({ facts }) => facts.rule ?? '',
  service: ({ facts }) => facts.service ?? '',
  entryPoints: ({ facts }) => facts.entryPoints ?? 0,
  type: ({ facts }) => facts.type ?? '',
  servers: ({ facts }) => facts.servers ?? 0,
}

function inOrder(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const key = query.get('sortBy') ?? 'name'
  const order = Object.hasOwn(orders, key) ? orders[key] : undefined
  const sign = (query.get('direction') ?? 'asc') === 'asc' ? 1 : -1
  return items.toSorted(
    (a, b) => sign * ((order === undefined ? 0 : compare(order(a), order(b))) || compare(a.name, b.name)),
  )
}

function compare(a: string | bigint | number, b: string | bigint | number): number {
  return a < b ? -1 : Number(a > b)
}
