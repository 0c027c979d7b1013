// HAProxy: one thread, connections to the backends reused always.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { host, prefix, programPath } from './peer.ts'
import type { Peer, Task } from './peer.ts'

export const haproxy: Peer = {
  name: 'HAProxy',
  debian: 'haproxy',
  version: () => ({ command: programPath('haproxy'), args: ['-v'] }),
  async prepare(task) {
    const file = join(task.directory, 'haproxy.cfg')
    await writeFile(file, configuration(task))
    // -db: in the foreground and without a second process.
    return { command: programPath('haproxy'), args: ['-db', '-f', file] }
  },
}

function configuration({ duty, port, backends: [first, second] }: Task): string {
  const sticky = duty === 'pipeline'
  return `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 75s
  timeout tunnel 1h
frontend bench
  bind 127.0.0.1:${port}
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
${sticky ? `  use_backend pool if { hdr(host) -i ${host} } { path_beg ${prefix}/ }` : '  default_backend pool'}
backend pool
  balance roundrobin
  http-reuse always
  option forwardfor
${sticky ? pipeline : ''}
  server first 127.0.0.1:${first} ${sticky ? 'cookie first' : ''}
  server second 127.0.0.1:${second} ${sticky ? 'cookie second' : ''}
`
}

const pipeline = `
  cookie lb insert indirect nocache
  http-request replace-path ${prefix}(/.*) \\1
  http-request set-header X-Forwarded-Prefix ${prefix}`
