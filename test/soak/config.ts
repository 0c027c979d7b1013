// The configuration Muster runs by, as a file, and the ways in which it changes under load.
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from './members/member-process.ts'

export type Services = Readonly<Record<string, readonly Address[]>>

export class ConfigFile {
  readonly path: string
  readonly #services: Services

  /** The directory is its own: Muster looks again whenever anything happens there. */
  constructor(directory: string, services: Services) {
    this.path = join(directory, 'dynamic.yaml')
    this.#services = services
  }

  /** At once, as careful editors do. `members`: how many of a service's take part; all, where it is not named. */
  async write(members: Readonly<Record<string, number>>, extraRouters = 0): Promise<void> {
    const next = `${this.path}.next`
    await writeFile(next, JSON.stringify(document(this.#services, members, extraRouters)))
    await rename(next, this.path)
  }
}

/** JSON is YAML. Each service has the host of its name. */
function document(services: Services, members: Readonly<Record<string, number>>, extraRouters: number): object {
  const names = Object.keys(services)
  const routers = names.map((name) => [name, { rule: `Host(\`${name}.soak\`)`, service: name }])
  const extra = Array.from({ length: extraRouters }, (_, i) => [
    `extra-${i}`,
    { rule: `Host(\`extra-${i}.soak\`) && PathPrefix(\`/p${i}\`)`, service: 'steady' },
  ])
  const balancers = Object.entries(services).map(([name, addresses]) => {
    const servers = addresses.slice(0, members[name]).map(({ host, port }) => ({ url: `http://${host}:${port}` }))
    return [name, { loadBalancer: { servers } }]
  })
  return {
    http: {
      routers: Object.fromEntries([...routers, ...extra]),
      services: Object.fromEntries(balancers),
    },
  }
}
