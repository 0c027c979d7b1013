// What is measured: a row for each part of the benchmark.
import { get, runWrk, stickyCookies } from './load.ts'
import type { Load, Traffic } from './load.ts'
import type { Contestant, Part, Started } from './measure.ts'
import { runNewConnections } from './new-connections.ts'
import { apache } from './peers/apache.ts'
import { caddy } from './peers/caddy.ts'
import { haproxy } from './peers/haproxy.ts'
import { httpProxy } from './peers/http-proxy.ts'
import { muster } from './peers/muster.ts'
import { nginx, nginxWithLargeBuffers } from './peers/nginx.ts'
import { host, isInstalled, prefix } from './peers/peer.ts'
import type { Peer } from './peers/peer.ts'
import { traefik } from './peers/traefik.ts'
import { hostOf } from './peers/traefik-file.ts'
import { crowd, openStorm, startCrowd, startOneMore } from './storm.ts'
import { openSwaps } from './swaps.ts'
import { openWebSocket, runWebSockets } from './websocket-load.ts'

/** In the order of the tables. Traefik takes part where somebody installed it; Debian has no package of it. */
export const peers: readonly Peer[] = [
  nginx,
  haproxy,
  ...(isInstalled('traefik') ? [traefik] : []),
  apache,
  caddy,
  httpProxy,
  muster,
]

const oneThreadEach = peers.map((peer) => contestant(peer))
const bothNginx = [...oneThreadEach, contestant(nginxWithLargeBuffers)]
export const swapsPerSecond = 20

type Request = Partial<Traffic> & Pick<Traffic, 'path'>

export const parts: readonly Part[] = [
  relay('a', 'GET, 100 bytes', { path: '/100' }),
  relay('b', 'GET, 10 KB', { path: '/10k' }, bothNginx),
  relay('c', 'GET, 1 MB', { path: '/1m' }, bothNginx),
  relay('d', 'POST, 10 KB', { path: '/sink', method: 'POST', bodyBytes: 10_240 }),
  {
    ...relay('e', '100 new connections/s, GET of 100 bytes', { path: '/100' }),
    load: ({ task }) => Promise.resolve((seconds) => runNewConnections(task.port, traffic({ path: '/100' }), seconds)),
  },
  pipeline('f', 'full pipeline: host and path rule, prefix stripped, sticky cookie, metrics', oneThreadEach),
  pipeline(
    'g',
    '(f) with 1, 100 and 10,000 routers',
    [1, 100, 10_000].map((routers) =>
      contestant(muster, { label: `Muster, ${routers} router${routers === 1 ? '' : 's'}`, routers }),
    ),
  ),
  {
    key: 'h',
    title: 'WebSocket echo, messages of 100 bytes',
    unit: 'message',
    duty: 'websocket',
    contestants: oneThreadEach,
    probe: async (port) => (await openWebSocket(port)).destroy().destroyed,
    load: ({ task }) => Promise.resolve((seconds) => runWebSockets(task.port, seconds)),
  },
  pipeline('i', `(f) while snapshots are swapped ${swapsPerSecond} times a second`, [
    contestant(muster, { label: 'Muster, quiet', swaps: () => openSwaps(0) }),
    contestant(muster, { label: 'Muster, swapping', swaps: () => openSwaps(swapsPerSecond) }),
  ]),
  starts('s', `${crowd} containers start within a second, until all are in rotation`, 'Muster, a crowd', startCrowd),
  starts('o', `one more container beside ${crowd}`, 'Muster, one more', startOneMore),
  relay('t', '(a) with two threads; Caddy as it is by default', { path: '/100' }, [
    contestant(caddy, { label: 'Caddy, default', threads: undefined }),
    contestant(muster, { label: 'Muster, 2 threads', threads: 2 }),
  ]),
]

/** Its own measure: growth.ts. */
export const growthPart = relay('m', "Muster's memory over a million requests of (a)", { path: '/100' }, [
  contestant(muster),
])

function contestant(peer: Peer, more: Partial<Contestant> = {}): Contestant {
  return { label: peer.name, peer, threads: 1, routers: 1, ...more }
}

/** Every request to the backends in turn, by every proxy with one thread. */
function relay(key: string, title: string, what: Request, contestants: readonly Contestant[] = oneThreadEach): Part {
  return {
    key,
    title,
    unit: 'request',
    duty: 'relay',
    contestants,
    probe: async (port) => (await get(port, '/100', host)).bytes === 100,
    load: ({ task }) => Promise.resolve((seconds) => runWrk(task.port, traffic(what), seconds)),
  }
}

function pipeline(key: string, title: string, contestants: readonly Contestant[]): Part {
  const path = `${prefix}/100`
  return {
    key,
    title,
    unit: 'request',
    duty: 'pipeline',
    contestants,
    probe: async (port) => (await get(port, path, host)).bytes === 100,
    async load(started) {
      const variants = await visitors(started, path)
      return (seconds) => runWrk(started.task.port, traffic({ path, variants }), seconds)
    },
  }
}

/** What it costs to take containers in; latencies are from the start of each to its first possible request. */
function starts(
  key: string,
  title: string,
  label: string,
  work: (started: Started) => (seconds: number) => Promise<Load>,
): Part {
  return {
    key,
    title,
    unit: 'container',
    duty: 'relay',
    contestants: [contestant(muster, { label, threads: 2, swaps: openStorm })],
    probe: async (port) => (await get(port, '/100', host)).bytes === 100,
    load: (started) => Promise.resolve(work(started)),
  }
}

/** Known visitors, who bring the cookie they once got; half of them are at each backend. Many routers are visited all over. */
async function visitors({ task }: Started, path: string): Promise<Traffic['variants']> {
  const cookies = await stickyCookies(task.port, path, host)
  const visited = 50
  return Array.from({ length: visited }, (_, index) => hostOf(Math.floor((index * task.routers) / visited))).flatMap(
    (name) => cookies.map((cookie) => ({ host: name, cookie })),
  )
}

function traffic(what: Request): Traffic {
  return { method: 'GET', bodyBytes: 0, variants: [{ host, cookie: '' }], ...what }
}
