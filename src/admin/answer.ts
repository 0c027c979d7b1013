// Answers of the API. None may be framed or guessed at, and none says that another origin may read it.
import type { InternalAnswer } from '../exchange/internal.ts'

export const apiFields = [
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'X-Frame-Options',
  'DENY',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
]

export function json(status: number, value: unknown, fields: readonly string[] = []): InternalAnswer {
  return { status, body: JSON.stringify(value), fields: ['Content-Type', 'application/json', ...apiFields, ...fields] }
}

/** What the client cannot be given, in a sentence. */
export function told(status: number, message: string, fields: readonly string[] = []): InternalAnswer {
  return json(status, { message }, fields)
}
