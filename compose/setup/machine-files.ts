// What a base image made of this machine consists of: Node, npm, a shell, the libraries they need, and the settings with
// which npm reaches its registry from here.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SetupError, attempt, run } from './run.ts'

export interface Inventory {
  /** Path in the image → file or directory on this machine. */
  readonly copies: ReadonlyMap<string, string>
  /** Path in the image → content. */
  readonly texts: ReadonlyMap<string, string>
  /** Path in the image → where the link points. */
  readonly links: ReadonlyMap<string, string>
  readonly env: Readonly<Record<string, string>>
}

const caBundle = '/etc/ssl/certs/ca-certificates.crt'
const npmHome = '/usr/local/lib/node_modules/npm'
/** `env` finds the interpreter of npm's own scripts; the others are for a person looking into a container. */
const commands = ['sh', 'env', 'cat', 'ls'] as const
/** The C library loads these by name for host names, so no program lists them. Newer ones have them built in. */
const nameServiceLibraries = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'] as const

export async function inventory(): Promise<Inventory> {
  if (process.platform !== 'linux') {
    throw new SetupError('a base image can be made only of a Linux machine; pull one with `docker pull node:24-slim`')
  }
  const node = await realpath(process.execPath)
  const copies = new Map([
    ['/usr/local/bin/node', node],
    [npmHome, await npmDirectory()],
  ])
  for (const command of commands) copies.set(`/bin/${command}`, await realpath(await whereIs(command)))
  const libraries = await librariesOf([...copies.values()].filter((path) => !path.endsWith('/npm')))
  for (const [inImage, onMachine] of libraries) copies.set(inImage, onMachine)
  // The authorities this machine trusts beyond those Node knows: its registry may be behind one of them.
  const bundle = [process.env['NODE_EXTRA_CA_CERTS'], process.env['SSL_CERT_FILE'], caBundle].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (bundle !== undefined) copies.set(caBundle, bundle)
  return {
    copies,
    texts: new Map([
      ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'],
      ['/etc/group', 'root:x:0:\nnogroup:x:65534:\n'],
      ['/etc/nsswitch.conf', 'hosts: files dns\n'],
      ['/usr/local/etc/npmrc', await npmSettings()],
      ['/root/.keep', ''],
      ['/tmp/.keep', ''],
    ]),
    links: new Map([
      ['/usr/local/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'],
      ['/usr/bin/env', '/bin/env'],
    ]),
    env: bundle === undefined ? {} : { NODE_EXTRA_CA_CERTS: caBundle },
  }
}

/** Changes when the content of the inventory does. Its one directory, npm's, is known by its package.json. */
export async function fingerprint(files: Inventory): Promise<string> {
  const hash = createHash('sha256')
  for (const [inImage, onMachine] of files.copies) {
    const file = inImage === npmHome ? join(onMachine, 'package.json') : onMachine
    hash.update(inImage)
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  }
  hash.update(JSON.stringify([[...files.texts], [...files.links], files.env]))
  return hash.digest('hex').slice(0, 16)
}

/** Writes the texts and links under a root directory. */
export async function writeFiles(root: string, files: Inventory): Promise<void> {
  for (const [path, content] of files.texts) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  for (const [path, target] of files.links) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await symlink(target, join(root, path))
  }
}

async function whereIs(command: string): Promise<string> {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .map((directory) => join(directory, command))
    .find(existsSync)
  if (found === undefined) throw new SetupError(`the command "${command}" is not in PATH; a base image needs it`)
  return found
}

/** The package directory of the npm in PATH. */
async function npmDirectory(): Promise<string> {
  const directory = dirname(dirname(await realpath(await whereIs('npm'))))
  // Some distributions spread npm's dependencies over the system; only an npm that carries its own can be moved.
  if (existsSync(join(directory, 'node_modules'))) return directory
  throw new SetupError(
    `the npm in "${directory}" cannot be copied into an image; run \`npm install --global npm\` first`,
  )
}

/** The shared libraries of programs, the loader included: where a program looks for it → the file behind it. */
async function librariesOf(programs: readonly string[]): Promise<Map<string, string>> {
  const libraries = new Map<string, string>()
  for (const program of programs) {
    const { stdout } = await attempt('ldd', [program])
    for (const [, path = ''] of stdout.matchAll(/(?:=>|^)\s+(\/\S+) \(0x/gm)) {
      libraries.set(path, await realpath(path))
    }
  }
  const libc = [...libraries.keys()].find((path) => path.endsWith('/libc.so.6'))
  if (libc === undefined) throw new SetupError('`ldd` names no C library for Node; a base image cannot be made')
  for (const name of nameServiceLibraries) {
    const path = join(dirname(libc), name)
    if (existsSync(path)) libraries.set(path, await realpath(path))
  }
  return libraries
}

/** The registry this machine's npm uses, without credentials: an image is no place for those. */
async function npmSettings(): Promise<string> {
  const registry = new URL((await run('npm', ['config', 'get', 'registry'])).trim())
  registry.username = ''
  registry.password = ''
  return `registry=${registry.href}\nupdate-notifier=false\n`
}
