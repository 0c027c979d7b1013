// Packages of the system, where the set-up may install them itself: Debian and its descendants, as root.
import { readFile, mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupError, attempt, run } from './run.ts'

const quiet = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300']
const env = { DEBIAN_FRONTEND: 'noninteractive' }

let listsAreFresh = false

/** Why packages cannot be installed here; undefined when they can. */
export async function whyNoPackages(): Promise<string | undefined> {
  if ((await attempt('apt-get', ['--version'])).code !== 0) return 'this system has no apt-get'
  if (process.getuid?.() !== 0) return 'installing packages needs root'
  return undefined
}

/** Installs packages without those they only recommend. Names the archive does not have are left out. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const known: string[] = []
  for (const name of names) if ((await candidateVersion(name)) !== undefined) known.push(name)
  if (known.length === 0) throw new SetupError(`the package archive has none of ${names.join(', ')}`)
  await run('apt-get', [...quiet, 'install', '--no-install-recommends', ...known], { env })
}

/** The version `apt-get install` would give; undefined when the archive does not have the package. */
export async function candidateVersion(name: string): Promise<string | undefined> {
  if (!listsAreFresh) {
    // An unreachable third-party source fails the update, yet the system's own may be all that is needed.
    await attempt('apt-get', [...quiet, 'update'], { env })
    listsAreFresh = true
  }
  const { stdout } = await attempt('apt-cache', ['policy', name], { env: { LC_ALL: 'C' } })
  const version = /^ *Candidate: (.+)$/m.exec(stdout)?.[1]
  return version === '(none)' ? undefined : version
}

/** A field of /etc/os-release, as `VERSION_CODENAME`. */
export async function osRelease(field: string): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return new RegExp(`^${field}="?([^"\\n]*)`, 'm').exec(text)?.[1]
}

/**
 * Unpacks one package of another Debian release into a directory, from the mirror this machine is configured for. The
 * system's own package lists and installed packages are not touched; dependencies are not looked at.
 */
export async function unpackFromRelease(release: string, name: string, into: string): Promise<void> {
  const source = await sourceLineFor(release)
  const work = await mkdtemp(join(tmpdir(), 'muster-apt-'))
  try {
    await mkdir(join(work, 'lists', 'partial'), { recursive: true })
    await mkdir(join(work, 'archives', 'partial'), { recursive: true })
    await writeFile(join(work, 'sources.list'), `${source}\n`)
    const options = [
      `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${join(work, 'lists')}`,
      `Dir::Cache::archives=${join(work, 'archives')}`,
      // In-memory caches: those on disk belong to the system's own lists.
      'Dir::Cache::pkgcache=',
      'Dir::Cache::srcpkgcache=',
      'APT::Sandbox::User=root',
      'Acquire::Languages=none',
    ].flatMap((option) => ['-o', option])
    await run('apt-get', [...options, '-q', 'update'], { env })
    await run('apt-get', [...options, '-q', 'download', name], { env, cwd: work })
    const file = (await readdir(work)).find((entry) => entry.endsWith('.deb'))
    if (file === undefined) throw new SetupError(`apt-get downloaded no package "${name}" of ${release}`)
    await run('dpkg-deb', ['-x', join(work, file), into])
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** A sources.list line for another release on the mirror that serves the running one. Debian's key ring knows both. */
async function sourceLineFor(release: string): Promise<string> {
  const codename = (await osRelease('VERSION_CODENAME')) ?? ''
  const main = ['Created-By: Packages', 'Origin: Debian', `Codename: ${codename}`, 'Component: main']
  const mirror = (await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...main])).split('\n')[0]
  if (!mirror) throw new SetupError(`apt has no Debian mirror configured to get a package of ${release} from`)
  return `deb ${mirror} ${release} main`
}
