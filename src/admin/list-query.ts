// Traefik's paging of its lists: `page` from 1, `per_page` 100, the next page's number in X-Next-Page (1: this is the last).

const perPageDefault = 100
const perPageMax = 10_000

export function page<T>(all: readonly T[], query: URLSearchParams): { items: readonly T[]; nextPage: number } {
  const perPage = Math.min(positive(query.get('per_page'), perPageDefault), perPageMax)
  const number = positive(query.get('page'), 1)
  const end = number * perPage
  return { items: all.slice(end - perPage, end), nextPage: end < all.length ? number + 1 : 1 }
}

function positive(text: string | null, otherwise: number): number {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : otherwise
}
