// nginx: the measure of all. One worker, keep-alive to the backends, no access log.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { host, prefix, programPath } from './peer.ts'
import type { Peer, Task } from './peer.ts'

export const nginx: Peer = {
  name: 'nginx',
  debian: 'nginx-light',
  version: () => ({ command: programPath('nginx'), args: ['-v'] }),
  async prepare(task) {
    const file = join(task.directory, 'nginx.conf')
    await writeFile(file, nginxFile(task.directory, proxying(task)))
    return nginxLaunch(task.directory, file)
  },
}

/** The default buffers hold 64 KB of an answer in pieces of 8 KB or less; large answers are much cheaper with more. */
export const nginxWithLargeBuffers: Peer = {
  ...nginx,
  name: 'nginx, 64 KB buffers',
  async prepare(task) {
    const file = join(task.directory, 'nginx.conf')
    const buffers = 'proxy_buffer_size 16k; proxy_buffers 16 64k; proxy_busy_buffers_size 128k;'
    await writeFile(file, nginxFile(task.directory, `${buffers} ${proxying(task)}`))
    return nginxLaunch(task.directory, file)
  },
}

export function nginxLaunch(directory: string, file: string): { command: string; args: string[] } {
  return { command: programPath('nginx'), args: ['-p', directory, '-e', 'stderr', '-c', file] }
}

/** A whole configuration with one worker that keeps everything it writes in one directory. Also made for the backends. */
export function nginxFile(directory: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 75s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n  ')}
  ${http}
}
`
}

function proxying({ duty, port, backends: [first, second] }: Task): string {
  const upgrade = `proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;`
  const common = `
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Real-IP $remote_addr;
    ${duty === 'websocket' ? upgrade : 'proxy_set_header Connection "";'}
    proxy_max_temp_file_size 0;`
  const pool = `upstream pool { server 127.0.0.1:${first}; server 127.0.0.1:${second}; keepalive 64; }`
  const relay = `${pool} server { listen 127.0.0.1:${port}; location / { proxy_pass http://pool; ${common} } }`
  // The free nginx of Debian has no `sticky`: the cookie chooses the group of servers, as users of it do by hand.
  const pipeline = `${pool}
  upstream first { server 127.0.0.1:${first}; keepalive 64; }
  upstream second { server 127.0.0.1:${second}; keepalive 64; }
  map $cookie_lb $group { first first; second second; default pool; }
  map $upstream_addr $chosen { 127.0.0.1:${first} first; 127.0.0.1:${second} second; }
  map $cookie_lb $set_cookie { first ""; second ""; default "lb=$chosen; Path=/"; }
  server { listen 127.0.0.1:${port} default_server; return 404; }
  server {
    listen 127.0.0.1:${port};
    server_name ${host};
    location /status { stub_status; }
    location ${prefix}/ {
      rewrite ^${prefix}(/.*)$ $1 break;
      proxy_pass http://$group;
      proxy_set_header X-Forwarded-Prefix ${prefix};
      add_header Set-Cookie $set_cookie;
      ${common}
    }
  }`
  return duty === 'pipeline' ? pipeline : relay
}
