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

const manager = file('balancer-manager.html', 'text/html; charset=utf-8')
const style = file('balancer-manager.css', 'text/css; charset=utf-8')
const script = file('balancer-manager.js', 'text/javascript; charset=utf-8')

/** All references are relative, so that the page works below any prefix; from a directory they start one level higher. */
const managerInDirectory = {
  ...manager,
  text: manager.text.replaceAll('"balancer-manager/', '"').replace('data-api="', 'data-api="../'),
}

const pages = new Map([
  ['/balancer-manager', manager],
  ['/balancer-manager/', managerInDirectory],
  ['/balancer-manager/page.css', style],
  ['/balancer-manager/page.js', script],
  // Where Traefik's users have their dashboard, and where their routers lead.
  ['/dashboard/', managerInDirectory],
  ['/dashboard/page.css', style],
  ['/dashboard/page.js', script],
])

/** The page or one of its parts, when the path is one of theirs. */
export function pageAt(path: string): InternalAnswer | undefined {
  if (path === '/dashboard') return { status: 302, body: '', fields: ['Location', 'dashboard/'] }
  const found = pages.get(path)
  return found && { status: 200, body: found.text, fields: ['Content-Type', found.type, ...securityFields] }
}

function file(name: string, type: string): { readonly text: string; readonly type: string } {
  return { text: readFileSync(new URL(`pages/${name}`, import.meta.url), 'utf8'), type }
}
