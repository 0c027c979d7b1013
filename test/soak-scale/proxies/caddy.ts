// Caddy with dynamic upstreams from Docker's name server, and tries for as long as Muster holds a request.
import { startInContainer } from './in-container.ts'
import { manners } from '../stage.ts'
import type { Proxy } from './proxy.ts'

export const caddy: Proxy = {
  name: 'caddy',
  start(task) {
    const home = task.stage.directory
    return startInContainer(task, {
      program: 'caddy',
      fileName: 'Caddyfile',
      configuration: `{\n  admin off\n  auto_https off\n  log {\n    level ERROR\n  }\n}\nhttp://:80 {\n${manners.map(proxying).join('')}}\n`,
      args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
      env: { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
    })
  },
}

function proxying(manner: string): string {
  return `
  handle /${manner}* {
    reverse_proxy {
      dynamic a {
        name ${manner}
        port 80
        refresh 500ms
        resolvers 127.0.0.11:53
      }
      lb_policy round_robin
      lb_try_duration 15s
      lb_try_interval 100ms
      transport http {
        dial_timeout 500ms
      }
    }
  }
`
}
