// The flags of `muster whoami`, and its help.
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { SettingsError } from '../settings/settings-error.ts'

export interface WhoamiFlags {
  readonly port: number
  /** Sessions are kept as Tomcat keeps them, and end in this. */
  readonly jvmRoute: string | undefined
}

export const whoamiHelp = `usage: muster whoami [--port 80] [--jvm-route NAME]

A small backend for demos and tests. It answers with its host name and the request it saw, in JSON where that is asked
for (Accept, ?format=json, /api), and with ?session how often this session was here.

  --port       where it listens; 80
  --jvm-route  as a Tomcat with this jvmRoute: every answer of a page belongs to a session JSESSIONID=ID.NAME, links
               carry ;jsessionid= for those who keep no cookies; \${HOSTNAME} in it is the container's (in a compose
               file: $\${HOSTNAME})

  /health      OK
  /page        a page for browsers, with a style sheet, a script and a picture
  /bytes?n=    so many bytes
  /slow?ms=    an answer after so many milliseconds
  /refuse?ms=  after this answer no connection is accepted for so many milliseconds
  a WebSocket  every message comes back`

/** Throws a SettingsError that names the flag. */
export function readFlags(argv: readonly string[]): WhoamiFlags {
  const { port, 'jvm-route': jvmRoute } = parse(argv)
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new SettingsError('bad-value', `reading --port: "${port}" is not a port; write --port 8080`)
  }
  const route = jvmRoute?.replaceAll('${HOSTNAME}', hostname())
  if (route !== undefined && !/^[\w.-]{1,63}$/.test(route)) {
    const way = 'write 1 to 63 letters, digits, "_", "." or "-", as in --jvm-route tomcat1'
    throw new SettingsError('bad-value', `reading --jvm-route: "${route}" is not a route; ${way}`)
  }
  return { port: Number(port), jvmRoute: route }
}

function parse(argv: readonly string[]) {
  const options = { port: { type: 'string', default: '80' }, 'jvm-route': { type: 'string' } } as const
  try {
    return parseArgs({ args: [...argv], options }).values
  } catch {
    const words = `whoami ${argv.join(' ')}`
    throw new SettingsError('unknown-option', `reading "${words}": the only options are --port and --jvm-route`)
  }
}
