// Traefik, where this machine has it: it reads the labels that Muster reads.
import { soakLabel } from '../stage.ts'
import { startInContainer } from './in-container.ts'
import type { Proxy } from './proxy.ts'

export const traefik: Proxy = {
  name: 'traefik',
  start(task) {
    const { stage, engine } = task
    return startInContainer(task, {
      program: 'traefik',
      fileName: 'unused',
      configuration: '',
      args: () => [
        '--entryPoints.web.address=:80',
        `--providers.docker.endpoint=${engine}`,
        `--providers.docker.network=${stage.network}`,
        `--providers.docker.constraints=Label(\`${soakLabel}\`, \`${stage.name}\`)`,
        '--serversTransport.forwardingTimeouts.dialTimeout=500ms',
        '--global.checkNewVersion=false',
        '--global.sendAnonymousUsage=false',
      ],
    })
  },
}
