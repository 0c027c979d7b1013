// The pages as files, read once at the start. No inline script or style, so that the policy can forbid both.
import { readFileSync } from 'node:fs'
import type { Exchange } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'

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

/** True when the path is a page's, and it was answered. */
export function servePage(exchange: Exchange): boolean {
  const { path } = exchange.head
  const found = pages.get(path === '/balancer-manager/' ? '/balancer-manager' : path)
  if (found === undefined) return false
  respond(exchange, 200, found.text, ['Content-Type', found.type, ...securityFields])
  return true
}

function file(name: string, type: string): { readonly text: string; readonly type: string } {
  return { text: readFileSync(new URL(`pages/${name}`, import.meta.url), 'utf8'), type }
}
