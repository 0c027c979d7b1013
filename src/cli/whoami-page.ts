// The page of `muster whoami`: for browsers, with a style sheet, a script, a picture and a link to itself.
import { hostname } from 'node:os'
import type { Session } from './whoami-sessions.ts'

export interface Asset {
  readonly type: string
  readonly body: string
}

/** Under `/page/`. */
const assets: Readonly<Record<string, Asset>> = {
  'style.css': { type: 'text/css', body: 'body { font: 1.2em sans-serif; margin: 3em }\n' },
  'script.js': { type: 'text/javascript', body: "document.body.dataset.script = 'ran'\n" },
  'picture.svg': {
    type: 'image/svg+xml',
    body: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="20"/></svg>\n',
  },
}

export function assetAt(path: string): Asset | undefined {
  const [, name = ''] = /^\/page\/([^/]*)$/.exec(path) ?? []
  return Object.hasOwn(assets, name) ? assets[name] : undefined
}

/** Every address in it is relative, so that it works under any prefix, and ends in what the session asks for. */
export function pageOf(session: Session | undefined): string {
  const suffix = session?.suffix ?? ''
  const visits = session === undefined ? '' : `<p>Visits: <b>${session.visits}</b></p>\n`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${hostname()}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="page/style.css${suffix}">
<h1>${hostname()}</h1>
${visits}<p><img src="page/picture.svg${suffix}" alt=""> <a href="page${suffix}">once more</a></p>
<script src="page/script.js${suffix}"></script></html>
`
}
