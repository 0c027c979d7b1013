// Members that a restart of the private engine leaves alone: they run on the machine's, and Muster knows them from a file.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { memberImage } from './member/image.ts'
import type { App, Stage } from './stage.ts'

const app: App = 'survivor'
const count = 2

/** Resolves to what Muster is to be started with. Their notes are with those of the members that do not survive. */
export async function startSurvivors(machine: Stage, { notes, directory }: Stage): Promise<readonly string[]> {
  const servers: { readonly url: string }[] = []
  for (let started = 0; started < count; started++) {
    const id = await machine.container('-v', `${notes}:/notes`, memberImage)
    const address = await machine.docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', id)
    servers.push({ url: `http://${address.trim()}:80` })
  }
  const file = join(directory, 'survivors.yaml')
  const routers = { [app]: { rule: `PathPrefix(\`/${app}\`)`, service: app } }
  await writeFile(file, JSON.stringify({ http: { routers, services: { [app]: { loadBalancer: { servers } } } } }))
  return [`--providers.file.filename=${file}`]
}
