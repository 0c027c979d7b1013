// The pages as files, read once at the start. No inline script or style, so that the policy can forbid both.
import { readFileSync } from 'node:fs'
import type { InternalAnswer } from '../exchange/internal.ts'

const securityFields = [
  'Content-Security-Policy',
  "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'same-origin',
  'Cache-Control',
  'no-cache',
]

const pages = new Map([
  ['/balancer-manager', file('balancer-manager.html', 'text/html; charset=utf-8')],
  ['/balancer-manager/page.css', file('balancer-manager.css', 'text/css; charset=utf-8')],
  ['/balancer-manager/page.js', file('balancer-manager.js', 'text/javascript; charset=utf-8')],
])

/** The page or one of its parts, when the path is one of theirs. */
export function pageAt(path: string): InternalAnswer | undefined {
  const found = pages.get(path === '/balancer-manager/' ? '/balancer-manager' : path)
  return found && { status: 200, body: found.text, fields: ['Content-Type', found.type, ...securityFields] }
}

function file(name: string, type: string): { readonly text: string; readonly type: string } {
  return { text: readFileSync(new URL(`pages/${name}`, import.meta.url), 'utf8'), type }
}
