// The options of the Docker API socket, all of them Muster only.
import { isIPv6 } from 'node:net'
import { quote } from '../labels/finding.ts'
import { byDefault, duration, leaf, oneOf, unreadable, value } from '../labels/leaf.ts'
import type { Leaf, Reading } from '../labels/leaf.ts'
import { enabled } from '../labels/schema.ts'
import { dockerSocketDefaults } from './settings.ts'
import type { SocketPlace } from './settings.ts'

const { listen, mode, drainTimeoutMs, upstream } = dockerSocketDefaults

export const dockerSocket = enabled({
  listen: byDefault(`unix://${listen.path}`, listenText()),
  mode: byDefault(mode, oneOf(['full', 'read-only', 'controller'])),
  drainTimeout: byDefault(drainTimeoutMs, duration()),
  upstream: byDefault(upstream, enginePlace()),
  group: groupName(),
})

const way = 'write unix:///run/muster/docker.sock or tcp://127.0.0.1:2375'

/** In it is everything that `listenPlace` can read. */
function listenText(): Leaf<string | undefined> {
  return leaf('unix:///path, or tcp://127.0.0.1:port', (given): Reading<string> => {
    const place = listenPlace(given)
    if (place === undefined) return unreadable(`${quote(given)} is no place to listen at`, way)
    if ('path' in place || isLoopback(place.host)) return value(given)
    return unreadable(
      `${quote(given)} is not on loopback, and whoever reaches the Docker API is root on this machine`,
      'write tcp://127.0.0.1:2375, or unix:///run/muster/docker.sock and share its directory',
    )
  })
}

/** Undefined when it is none. */
export function listenPlace(text: string): SocketPlace | undefined {
  const [, path] = /^unix:\/\/(\/[^\p{Cc}]+)$/iu.exec(text) ?? []
  if (path !== undefined) return { path: path.replace(/^\/+/, '/') }
  const [, bracketed, plain = '', port] = /^tcp:\/\/(?:\[([^[\]]*)\]|([^[\]:/]*)):(\d{1,5})$/i.exec(text) ?? []
  return port === undefined || Number(port) > 65_535 ? undefined : { host: bracketed ?? plain, port: Number(port) }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host) || (isIPv6(host) && /^[0:]*:0*1$/.test(host))
}

/** Bytes pass as they are, so what needs TLS or ssh cannot be behind it. */
function enginePlace(): Leaf<string | undefined> {
  return leaf('unix:///path, or tcp://host:port', (given) =>
    /^(unix:\/\/\/|tcp:\/\/[^/@])[^\p{Cc}@]+$/iu.test(given)
      ? value(given)
      : unreadable(
          `${quote(given)} is not where an engine takes plain HTTP`,
          'write unix:///var/run/docker.sock or tcp://host:2375',
        ),
  )
}

function groupName(): Leaf<string | undefined> {
  return leaf('number or name of a group', (given) =>
    /^(\d{1,9}|[a-z_][\w.-]{0,31}\$?)$/i.test(given) ? value(given) : unreadable(`${quote(given)} is not a group`),
  )
}
