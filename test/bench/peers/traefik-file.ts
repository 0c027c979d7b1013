// What Muster and Traefik have in common: the dynamic configuration, and how metrics are turned on.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../program.ts'
import { host, prefix } from './peer.ts'
import type { Task } from './peer.ts'

/** Where the file of a task is. */
export function dynamicFile(directory: string): string {
  return join(directory, 'dynamic.yaml')
}

export function writeDynamicFile(task: Task): Promise<void> {
  return writeFile(dynamicFile(task.directory), task.duty === 'pipeline' ? pipeline(task) : relay(task))
}

/** The flags for metrics, where they are part of the work, on an entrypoint that gets in nobody's way. */
export async function metrics({ duty }: Task): Promise<string[]> {
  if (duty !== 'pipeline') return []
  return ['--metrics.prometheus=true', `--entryPoints.traefik.address=127.0.0.1:${await freePort()}`]
}

function relay({ backends }: Task): string {
  return `http:
  routers:
    bench: { rule: 'PathPrefix(\`/\`)', service: bench }
  services:
    bench: { loadBalancer: { servers: [${servers(backends)}] } }
`
}

function pipeline({ backends, routers }: Task): string {
  return `http:
  routers:
${Array.from({ length: routers }, (_, index) => routerLine(index)).join('\n')}
  middlewares:
    bench: { stripPrefix: { prefixes: ['${prefix}'] } }
  services:
    bench: { loadBalancer: { sticky: { cookie: { name: lb } }, servers: [${servers(backends)}] } }
`
}

function routerLine(index: number): string {
  const rule = `Host(\`${hostOf(index)}\`) && PathPrefix(\`${prefix}\`)`
  return `    bench-${index}: { rule: '${rule}', service: bench, middlewares: [bench] }`
}

/** The host of the router with this number, from 0. */
export function hostOf(index: number): string {
  return index === 0 ? host : `${index}.${host}`
}

function servers(backends: readonly number[]): string {
  return backends.map((port) => `{ url: 'http://127.0.0.1:${port}' }`).join(', ')
}
