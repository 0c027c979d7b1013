// Apache httpd: the event MPM with one process, mod_proxy_balancer by requests.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { host, prefix, programPath } from './peer.ts'
import type { Peer, Task } from './peer.ts'

const modulesAt = '/usr/lib/apache2/modules'
const modules = [
  'mpm_event',
  'authz_core',
  'headers',
  'slotmem_shm',
  'proxy',
  'proxy_http',
  'proxy_balancer',
  'lbmethod_byrequests',
]

export const apache: Peer = {
  name: 'Apache',
  debian: 'apache2-bin',
  version: () => ({ command: programPath('apache2'), args: ['-v'] }),
  async prepare(task) {
    const file = join(task.directory, 'httpd.conf')
    await writeFile(file, configuration(task))
    return { command: programPath('apache2'), args: ['-DFOREGROUND', '-f', file] }
  },
}

function configuration({ duty, port, directory, backends: [first, second] }: Task): string {
  const pipeline = duty === 'pipeline'
  const loaded = pipeline ? [...modules, 'status'] : modules
  // Since 2.4.47 mod_proxy_http relays the upgrade itself where it is told to.
  const member = duty === 'websocket' ? 'upgrade=websocket' : ''
  return `
ServerRoot ${directory}
DefaultRuntimeDir ${directory}
PidFile ${directory}/httpd.pid
ErrorLog ${directory}/error.log
LogLevel error
ServerName ${host}
Listen 127.0.0.1:${port}
${loaded.map((name) => `LoadModule ${name}_module ${modulesAt}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
StartServers 1
ServerLimit 1
ThreadLimit 64
ThreadsPerChild 64
MaxRequestWorkers 64
MinSpareThreads 64
MaxSpareThreads 64
KeepAlive On
KeepAliveTimeout 75
MaxKeepAliveRequests 0
ProxyPreserveHost On
RequestHeader set X-Forwarded-Proto http
<Proxy balancer://pool>
  BalancerMember http://127.0.0.1:${first} route=first ${member}
  BalancerMember http://127.0.0.1:${second} route=second ${member}
  ProxySet lbmethod=byrequests ${pipeline ? 'stickysession=ROUTEID' : ''}
</Proxy>
${pipeline ? virtualHost(port) : 'ProxyPass / balancer://pool/'}
`
}

function virtualHost(port: number): string {
  return `
ExtendedStatus On
<VirtualHost 127.0.0.1:${port}>
  ServerName other.example.com
</VirtualHost>
<VirtualHost 127.0.0.1:${port}>
  ServerName ${host}
  RequestHeader set X-Forwarded-Prefix ${prefix}
  Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
  ProxyPass ${prefix}/ balancer://pool/
</VirtualHost>`
}
