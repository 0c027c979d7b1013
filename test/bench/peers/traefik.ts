// Traefik, where this machine has it: Debian does not. It reads the very file that Muster reads.
import { oneThreadOfGo } from './caddy.ts'
import { programPath } from './peer.ts'
import type { Peer } from './peer.ts'
import { dynamicFile, metrics, writeDynamicFile } from './traefik-file.ts'

export const traefik: Peer = {
  name: 'Traefik',
  debian: undefined,
  version: () => ({ command: programPath('traefik'), args: ['version'] }),
  async prepare(task) {
    const command = programPath('traefik')
    await writeDynamicFile(task)
    return {
      command,
      args: [
        `--entryPoints.web.address=127.0.0.1:${task.port}`,
        `--providers.file.filename=${dynamicFile(task.directory)}`,
        '--log.level=ERROR',
        '--global.checkNewVersion=false',
        '--global.sendAnonymousUsage=false',
        '--serversTransport.maxIdleConnsPerHost=64',
        ...(await metrics(task)),
      ],
      env: oneThreadOfGo(task.threads),
    }
  },
}
