// The two backends that every proxy gets. They are cheap on purpose: what is measured is the proxy between.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nginxFile, nginxLaunch } from './peers/nginx.ts'
import { Program, freePort } from './program.ts'

export interface Backends extends AsyncDisposable {
  readonly http: readonly [number, number]
  readonly websocket: readonly [number, number]
}

/** nginx with one worker and two ports, and beside it a WebSocket echo with two ports. */
export async function startBackends(directory: string): Promise<Backends> {
  await using stack = new AsyncDisposableStack()
  const http = [await freePort(), await freePort()] as const
  const websocket = [await freePort(), await freePort()] as const
  const files = join(directory, 'files')
  await mkdir(files)
  // nginx answers from a file only when that is large enough to matter; see `location = /100`.
  await writeFile(join(files, '10k'), 'x'.repeat(10_240))
  await writeFile(join(files, '1m'), 'x'.repeat(1_048_576))
  const config = join(directory, 'nginx.conf')
  await writeFile(config, nginxFile(directory, http.map((port) => server(port, files)).join('\n')))

  const answering = stack.use(new Program(nginxLaunch(directory, config)))
  const echo = join(import.meta.dirname, 'programs', 'echo.ts')
  const echoing = stack.use(new Program({ command: process.execPath, args: [echo, ...websocket.map(String)] }))
  await answering.untilReady(async () => (await fetch(`http://127.0.0.1:${http[1]}/100`)).ok)
  await echoing.untilReady(async () => (await fetch(`http://127.0.0.1:${websocket[1]}/`)).status === 426)
  const started = stack.move()
  return { http, websocket, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

function server(port: number, files: string): string {
  return `
  server {
    listen 127.0.0.1:${port};
    root ${files};
    sendfile on;
    tcp_nopush on;
    open_file_cache max=10;
    default_type text/plain;
    location = /100 { return 200 "${'x'.repeat(99)}\\n"; }
    location = /sink { return 200 "taken"; }
  }`
}
