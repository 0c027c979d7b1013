// The docker command with BuildKit: its plugin, found or unpacked from a Debian package. That goes into a directory of the test's
// own: installed, it would change every `docker build` of this machine.
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { osRelease, unpackFromRelease, whyNoPackages } from '../../compose/setup/apt.ts'
import { SetupError, attempt } from '../../compose/setup/run.ts'

export type Buildx =
  /** What makes the docker command use it; Compose stays as it was found. */
  | { readonly kind: 'found'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly reason: string }

/** The release whose package suits the docker command it is for, and needs no newer system. */
const donorRelease = 'trixie'
const plugins = 'usr/libexec/docker/cli-plugins'

export async function ensureBuildx(directory: string): Promise<Buildx> {
  const own = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker')
  if (await runs({})) return { kind: 'found', env: { DOCKER_BUILDKIT: '1' } }
  const obstacle = (await osRelease('ID')) === 'debian' ? await whyNoPackages() : 'this system is not Debian'
  if (obstacle !== undefined) return missing(`docker buildx is not installed, and ${obstacle}`)
  try {
    await unpackFromRelease(donorRelease, 'docker-buildx', directory)
  } catch (error) {
    if (error instanceof SetupError) return missing(`docker buildx could not be unpacked: ${error.message}`)
    throw error
  }
  const config = join(directory, 'config')
  await mkdir(config)
  const cliPluginsExtraDirs = [join(directory, plugins), join(own, 'cli-plugins')]
  await writeFile(join(config, 'config.json'), JSON.stringify({ cliPluginsExtraDirs }))
  const env = { DOCKER_BUILDKIT: '1', DOCKER_CONFIG: config }
  return (await runs(env)) ? { kind: 'found', env } : missing('docker buildx was unpacked, but does not run')
}

async function runs(env: Readonly<Record<string, string>>): Promise<boolean> {
  return (await attempt('docker', ['buildx', 'version'], { env })).code === 0
}

function missing(reason: string): Buildx {
  return { kind: 'missing', reason }
}
