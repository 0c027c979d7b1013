// HAProxy with what its manual gives for containers that come and go: server templates filled by Docker's name server, checks,
// and repetition of what may be repeated.
import { startInContainer } from './in-container.ts'
import { manners } from '../stage.ts'
import type { Proxy } from './proxy.ts'

export const haproxy: Proxy = {
  name: 'haproxy',
  start: (task) =>
    startInContainer(task, {
      program: 'haproxy',
      fileName: 'haproxy.cfg',
      configuration,
      args: (file) => ['-db', '-f', file],
    }),
}

const configuration = `
global
  maxconn 4096
defaults
  mode http
  timeout connect 500ms
  timeout client 75s
  timeout server 30s
  timeout queue 15s
  retries 3
  option redispatch 1
resolvers docker
  nameserver docker 127.0.0.11:53
  timeout resolve 500ms
  hold valid 500ms
  hold obsolete 0s
frontend soak
  bind :80
${manners.map((manner) => `  use_backend ${manner} if { path_beg /${manner} }`).join('\n')}
${manners.map(backend).join('')}`

function backend(manner: string): string {
  return `
backend ${manner}
  balance roundrobin
  http-reuse always
  option forwardfor
  retry-on conn-failure empty-response
  http-request disable-l7-retry if METH_POST
  server-template member 1-8 ${manner}:80 check inter 500ms resolvers docker init-addr none
`
}
