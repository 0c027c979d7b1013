import type { Exchange, ResponseHeadDraft } from './exchange.ts'

/** The fields of an answer as the middlewares want them. The innermost one's edit is applied first, as in Traefik. */
export function editedFields(exchange: Exchange, draft: ResponseHeadDraft): string[] {
  const edits = exchange.responseEdits ?? []
  for (let i = edits.length - 1; i >= 0; i--) edits[i]?.(draft, exchange)
  return draft.fields
}
