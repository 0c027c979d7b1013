// Caddy: Go's reverse proxy with a configuration language; held to one thread unless its default is asked for.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { host, prefix, programPath } from './peer.ts'
import type { Peer, Task } from './peer.ts'

export const caddy: Peer = {
  name: 'Caddy',
  debian: 'caddy',
  version: () => ({ command: programPath('caddy'), args: ['version'] }),
  async prepare(task) {
    const file = join(task.directory, 'Caddyfile')
    await writeFile(file, configuration(task))
    const places = { HOME: task.directory, XDG_DATA_HOME: task.directory, XDG_CONFIG_HOME: task.directory }
    return {
      command: programPath('caddy'),
      args: ['run', '--config', file, '--adapter', 'caddyfile'],
      env: { ...places, ...oneThreadOfGo(task.threads) },
    }
  },
}

/** What Go obeys; nothing where the default is asked for. */
export function oneThreadOfGo(threads: number | undefined): Record<string, string> {
  return threads === undefined ? {} : { GOMAXPROCS: String(threads) }
}

function configuration({ duty, port, backends: [first, second] }: Task): string {
  const pipeline = duty === 'pipeline'
  const proxy = `
    reverse_proxy 127.0.0.1:${first} 127.0.0.1:${second} {
      lb_policy ${pipeline ? 'cookie lb' : 'round_robin'}
      ${pipeline ? `header_up X-Forwarded-Prefix ${prefix}` : ''}
      transport http {
        keepalive 75s
        keepalive_idle_conns_per_host 64
      }
    }`
  return `{
  admin off
  auto_https off
  log {
    level ERROR
  }
  ${pipeline ? 'servers {\n metrics\n }' : ''}
}
http://${pipeline ? host : ''}:${port} {
  bind 127.0.0.1
  ${pipeline ? `handle_path ${prefix}/* {\n${proxy}\n}` : proxy}
}
`
}
