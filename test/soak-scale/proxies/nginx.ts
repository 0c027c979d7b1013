// nginx as nginx-proxy has it: one upstream per service, reloaded with every change.
import { nginxFile, nginxLaunch } from '../../bench/peers/nginx.ts'
import { manners } from '../stage.ts'
import { startFollowed } from './follow.ts'
import type { Addresses } from './follow.ts'
import type { Proxy } from './proxy.ts'

export const nginx: Proxy = {
  name: 'nginx',
  start: (task) =>
    startFollowed(task, {
      program: 'nginx',
      fileName: 'nginx.conf',
      configure: (addresses) => nginxFile(task.stage.directory, configuration(addresses)),
      args: (file) => nginxLaunch(task.stage.directory, file).args,
      signal: 'SIGHUP',
    }),
}

function configuration(addresses: Addresses): string {
  const there = manners.filter((manner) => addresses[manner].length > 0)
  const upstreams = there.map((manner) => {
    const servers = addresses[manner].map((address) => `server ${address}:80;`)
    return `upstream ${manner} { ${servers.join(' ')} keepalive 64; }`
  })
  const locations = there.map((manner) => `location /${manner} { proxy_pass http://${manner}; }`)
  return `
  ${upstreams.join('\n  ')}
  server {
    listen 80;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_connect_timeout 500ms;
    ${locations.join('\n    ')}
    location / { return 503; }
  }`
}
