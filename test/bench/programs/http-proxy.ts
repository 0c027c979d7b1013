// A relay made of http-proxy and nothing else: `node http-proxy.ts PORT BACKEND BACKEND`.
import { Agent, createServer } from 'node:http'
// oxlint-disable-next-line no-restricted-imports -- the thing measured, beside the proxy that must not be built on it
import httpProxy from 'http-proxy'

const [port, ...backends] = process.argv.slice(2).map(Number)
const proxy = httpProxy.createProxyServer({ agent: new Agent({ keepAlive: true, maxSockets: 256 }), xfwd: true })
let turn = 0

proxy.on('error', (_error, _request, response) => response.destroy())
// As the other proxies: a connection is not closed for having been idle for five seconds.
createServer({ keepAliveTimeout: 75_000 }, (request, response) =>
  proxy.web(request, response, { target: nextTarget() }),
)
  .on('upgrade', (request, socket, head) => proxy.ws(request, socket, head, { target: nextTarget() }))
  .listen(port, '127.0.0.1')

function nextTarget(): string {
  turn = (turn + 1) % backends.length
  return `http://127.0.0.1:${backends[turn]}`
}
