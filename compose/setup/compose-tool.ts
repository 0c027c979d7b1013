// The two generations of Compose, found or installed: version 2 (`docker compose`) and version 1 (`docker-compose`).
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { candidateVersion, installPackages, osRelease, unpackFromRelease, whyNoPackages } from './apt.ts'
import { SetupError, attempt } from './run.ts'
import { step } from './step.ts'

export interface ComposeTool {
  readonly kind: 'found'
  readonly version: string
  /** The words before the arguments: `docker compose` or `docker-compose`. */
  readonly command: readonly [string, ...string[]]
}

export interface NoCompose {
  readonly kind: 'missing'
  /** Why it could not be had on this machine. */
  readonly reason: string
}

/** The Debian release whose package holds version 2 as one self-contained program, and needs no newer system. */
const donorRelease = 'trixie'
const plugin = 'usr/libexec/docker/cli-plugins/docker-compose'

export async function ensureComposeV2(): Promise<ComposeTool | NoCompose> {
  const present = await findV2()
  if (present !== undefined) return present
  const obstacle = await whyNoPackages()
  if (obstacle !== undefined) return missing(`Compose version 2 is not installed, and ${obstacle}`)
  try {
    await step('installing Compose version 2', installV2)
  } catch (error) {
    if (error instanceof SetupError) return missing(`Compose version 2 could not be installed: ${error.message}`)
    throw error
  }
  return (await findV2()) ?? missing('Compose version 2 was installed, but `docker compose` does not run')
}

export async function ensureComposeV1(): Promise<ComposeTool | NoCompose> {
  const present = await findV1()
  if (present !== undefined) return present
  const obstacle = await whyNoPackages()
  if (obstacle !== undefined) return missing(`Compose version 1 is not installed, and ${obstacle}`)
  const candidate = await candidateVersion('docker-compose')
  if (!candidate?.startsWith('1.'))
    return missing('Compose version 1 is no longer in the package archive of this system')
  await step('installing Compose version 1', () => installPackages(['docker-compose']))
  return (await findV1()) ?? missing('Compose version 1 was installed, but `docker-compose` does not run')
}

function missing(reason: string): NoCompose {
  return { kind: 'missing', reason }
}

async function findV2(): Promise<ComposeTool | undefined> {
  return (await find(2, ['docker', 'compose'])) ?? (await find(2, ['docker-compose']))
}

async function findV1(): Promise<ComposeTool | undefined> {
  return find(1, ['docker-compose'])
}

/** Generations 2 and later count as 2: they take the same arguments. */
async function find(generation: 1 | 2, command: readonly [string, ...string[]]): Promise<ComposeTool | undefined> {
  const [program, ...words] = command
  const { code, stdout } = await attempt(program, [...words, 'version', '--short'])
  const version = stdout.trim().replace(/^v/, '')
  if (code !== 0 || Math.min(Number.parseInt(version), 2) !== generation) return undefined
  return { kind: 'found', version, command }
}

async function installV2(): Promise<void> {
  // Ubuntu's name first, then Debian's from 13 on; Debian 12 has only version 1 under that name.
  for (const name of ['docker-compose-v2', 'docker-compose']) {
    const candidate = await candidateVersion(name)
    if (candidate !== undefined && !candidate.startsWith('1.')) return installPackages([name])
  }
  if ((await osRelease('ID')) !== 'debian') throw new SetupError('the package archive of this system does not have it')
  const unpacked = await mkdtemp(join(tmpdir(), 'muster-compose-'))
  try {
    await unpackFromRelease(donorRelease, 'docker-compose', unpacked)
    const plugins = join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'cli-plugins')
    await mkdir(plugins, { recursive: true })
    await cp(join(unpacked, plugin), join(plugins, 'docker-compose'))
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}
