// The pages as files, read once at the start. No inline script or style, so that the policy can forbid both.
import { readFileSync, readdirSync } from 'node:fs'
import { extname } from 'node:path'
import type { InternalAnswer } from '../exchange/internal.ts'

const securityFields = [
  'Content-Security-Policy',
  "default-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'same-origin',
  'Cache-Control',
  'no-cache',
]

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Packages that scripts of the page import. A browser has no names for packages without an inline map, so they become files. */
const packageFiles = new Map([
  ['preact', 'preact.js'],
  ['preact/hooks', 'preact-hooks.js'],
])

interface Part {
  readonly text: string
  readonly type: string
}

const manager = part('balancer-manager.html', textOf('balancer-manager.html'))

/** All references are relative, so that the page works below any prefix; from a directory they start one level higher. */
const managerInDirectory = {
  ...manager,
  text: manager.text.replaceAll('"balancer-manager/', '"').replace('data-api="', 'data-api="../'),
}

/** Whatever lies in the page's folder, and the packages its scripts import. */
const parts: ReadonlyMap<string, Part> = new Map([
  ...readdirSync(new URL('pages/balancer-manager/', import.meta.url)).map((name): [string, Part] => [
    name,
    part(name, textOf(`balancer-manager/${name}`)),
  ]),
  ...[...packageFiles].map(([specifier, name]): [string, Part] => [
    name,
    part(name, readFileSync(new URL(import.meta.resolve(specifier)), 'utf8')),
  ]),
])

const pages = new Map([
  ['/balancer-manager', manager],
  ['/balancer-manager/', managerInDirectory],
  // Where Traefik's users have their dashboard, and where their routers lead.
  ['/dashboard/', managerInDirectory],
])

/** The page or one of its parts, when the path is one of theirs. */
export function pageAt(path: string): InternalAnswer | undefined {
  if (path === '/dashboard') return { status: 302, body: '', fields: ['Location', 'dashboard/'] }
  const found = pages.get(path) ?? parts.get(/^\/(?:balancer-manager|dashboard)\/([^/]+)$/.exec(path)?.[1] ?? '')
  return found && { status: 200, body: found.text, fields: ['Content-Type', found.type, ...securityFields] }
}

function textOf(file: string): string {
  return readFileSync(new URL(`pages/${file}`, import.meta.url), 'utf8')
}

function part(name: string, text: string): Part {
  const extension = extname(name)
  return { text: extension === '.js' ? withFiles(text) : text, type: types[extension] ?? 'text/plain; charset=utf-8' }
}

/** The script with files in place of packages, and without the hint at a source map, which is not served. */
function withFiles(script: string): string {
  return script
    .replaceAll(/\bfrom ?(['"])([^'"]+)\1/g, (statement, _quote: string, specifier: string) => {
      const name = packageFiles.get(specifier)
      return name === undefined ? statement : `from './${name}'`
    })
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
}
