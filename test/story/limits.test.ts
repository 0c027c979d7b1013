// Many clients that only want to hold on to something: all of Muster under them, and its other clients beside them.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { startMuster } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { configFile } from '../support/file-config.ts'
import type { ConfigFile } from '../support/file-config.ts'
import { startOrigin } from '../support/origin.ts'
import type { Origin } from '../support/origin.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname

test('500 clients that drip and 500 that say nothing are closed, and nobody else notices', async () => {
  await using member = await startPatientMember()
  await using config = await configFor(member)
  await using muster = await startMuster(
    `--providers.file.filename=${config.path}`,
    '--limits.headertimeout=1s',
    '--limits.bodygrace=1s',
  )
  const served = (): Promise<void> =>
    eventually(async () => assert.equal((await ask(muster.port, '/healthy')).status, 200), 5000)
  await served()

  const beginnings = [
    '',
    '',
    'GET / HTTP/1.1\r\nHost: a\r\nX: ',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n',
  ]
  using clients = new Clients(muster.port, 1000)
  clients.sockets.forEach((socket, i) => socket.write(beginnings[i % beginnings.length] ?? ''))
  using timers = new DisposableStack()
  const drip = setInterval(() => {
    for (const [i, socket] of clients.sockets.entries()) if (i % 4 > 1 && socket.writable) socket.write('x')
  }, 200)
  timers.adopt(drip, clearInterval)
  const statuses = new Set<number>()
  while (clients.open > 0) statuses.add((await ask(muster.port, '/healthy')).status)
  assert.deepEqual([...statuses], [200])
})

test('at the limit of open files new clients are turned away, those inside reach their member, and it passes', async () => {
  await using member = await startPatientMember()
  await using config = await configFor(member)
  await using muster = await startUnder(256, `--providers.file.filename=${config.path}`)
  await eventually(async () => assert.equal((await ask(muster.port, '/')).status, 200), 5000)

  using crowd = new Clients(muster.port, 400)
  // 256 less 64 of its own, half of that for clients.
  await eventually(() => assert.equal(crowd.open, 96), 10_000)
  const inside = crowd.sockets.filter(({ destroyed }) => !destroyed)
  const answers = inside.map(async (socket) => {
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once(socket, 'close')
    return answer.slice(0, 12)
  })
  assert.deepEqual([...new Set(await Promise.all(answers))], ['HTTP/1.1 200'])
  await muster.logged(/too many connections/)
  assert.equal((await ask(muster.port, '/')).status, 200)
})

test('without a limit of its own, running out of open files is survived', async () => {
  await using member = await startPatientMember()
  await using config = await configFor(member)
  await using muster = await startUnder(128, `--providers.file.filename=${config.path}`, '--limits.maxconnections=0')
  await eventually(async () => assert.equal((await ask(muster.port, '/')).status, 200), 5000)
  {
    using crowd = new Clients(muster.port, 400)
    await eventually(() => assert(crowd.open < 128, String(crowd.open)), 10_000)
  }
  await eventually(async () => assert.equal((await ask(muster.port, '/')).status, 200), 10_000)
})

/** Reads the whole request before it answers. */
function startPatientMember(): Promise<Origin> {
  return startOrigin((request, response) => {
    request.resume()
    request.on('end', () => response.end('ok'))
  })
}

function configFor({ port }: Origin): Promise<ConfigFile> {
  return configFile(`
http:
  routers: { all: { rule: PathPrefix(\`/\`), service: all } }
  services: { all: { loadBalancer: { servers: [{ url: 'http://127.0.0.1:${port}' }] } } }
`)
}

/** So many connections. */
class Clients implements Disposable {
  readonly sockets: readonly Socket[]
  open: number

  constructor(port: number, count: number) {
    this.open = count
    this.sockets = Array.from({ length: count }, () => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.on('error', () => undefined)
      socket.on('close', () => this.open--)
      // An end is seen only by who reads.
      socket.on('data', () => undefined)
      return socket
    })
  }

  [Symbol.dispose](): void {
    for (const socket of this.sockets) socket.destroy()
  }
}

interface Process extends AsyncDisposable {
  readonly port: number
  logged(text: RegExp): Promise<void>
}

/** Muster as a process of its own that may open so many files. */
async function startUnder(openFiles: number, ...flags: string[]): Promise<Process> {
  const child = spawn(
    'sh',
    [
      '-c',
      `ulimit -n ${openFiles}; exec "$0" "$@"`,
      process.execPath,
      '--disable-warning=DEP0060',
      main,
      '--entrypoints.web.address=127.0.0.1:0',
      '--threads=0',
      '--log.format=json',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'close')
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const find = async (text: RegExp): Promise<string> => {
    for (;;) {
      const line = lines.find((each) => text.test(each))
      if (line !== undefined) return line
      await once(reader, 'line')
    }
  }
  const [, port] = /"port":(\d+)/.exec(await find(/listening/)) ?? []
  return {
    port: Number(port),
    logged: async (text) => void (await find(text)),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
