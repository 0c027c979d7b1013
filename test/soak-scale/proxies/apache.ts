// Apache httpd: mod_proxy_balancer by requests, its members written anew and read by a graceful restart with every change.
import { manners } from '../stage.ts'
import { startFollowed } from './follow.ts'
import type { Addresses } from './follow.ts'
import type { Proxy } from './proxy.ts'

const modulesAt = '/usr/lib/apache2/modules'
const modules = [
  'mpm_event',
  'authz_core',
  'slotmem_shm',
  'proxy',
  'proxy_http',
  'proxy_balancer',
  'lbmethod_byrequests',
]

export const apache: Proxy = {
  name: 'apache',
  start: (task) =>
    startFollowed(task, {
      program: 'apache2',
      fileName: 'httpd.conf',
      configure: (addresses) => configuration(task.stage.directory, addresses),
      args: (file) => ['-DFOREGROUND', '-f', file],
      signal: 'SIGUSR1',
    }),
}

function configuration(directory: string, addresses: Addresses): string {
  const there = manners.filter((manner) => addresses[manner].length > 0)
  return `
ServerRoot ${directory}
DefaultRuntimeDir ${directory}
PidFile ${directory}/httpd.pid
ErrorLog ${directory}/error.log
LogLevel error
ServerName soak
Listen 80
${modules.map((name) => `LoadModule ${name}_module ${modulesAt}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
KeepAlive On
KeepAliveTimeout 75
MaxKeepAliveRequests 0
GracefulShutdownTimeout 20
ProxyPreserveHost On
${there.map((manner) => balancer(manner, addresses[manner])).join('')}`
}

function balancer(manner: string, addresses: readonly string[]): string {
  return `
<Proxy balancer://${manner}>
${addresses.map((address) => `  BalancerMember http://${address}:80 connectiontimeout=1 retry=5`).join('\n')}
  ProxySet lbmethod=byrequests
</Proxy>
ProxyPass /${manner} balancer://${manner}/${manner}
`
}
