// install.sh in a small tree of its own, with stand-ins for npm and for the Node it installs.
import assert from 'node:assert/strict'
import { chmod, copyFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { attempt } from '../../../compose/setup/run.ts'
import type { Outcome } from '../../../compose/setup/run.ts'

const script = join(import.meta.dirname, '..', '..', '..', 'compose', 'setup', 'install.sh')

test('installs once, and says nothing when there is nothing to do', async () => {
  await using clone = await Clone.make({ ci: installs('v24.21.0') })
  const first = await clone.install()
  assert.equal(first.code, 0, first.output)
  assert.match(first.output, /^muster: installing the packages of package-lock.json …\n$/)
  assert.deepEqual(await clone.install(), { code: 0, stdout: '', output: '' })
})

test('installs again when the lock file has changed since', async () => {
  await using clone = await Clone.make({ ci: installs('v24.21.0') })
  await clone.install()
  await clone.changeLock()
  assert.match((await clone.install()).output, /installing the packages/)
})

test('fetches Node by npm rebuild where install scripts are blocked', async () => {
  await using clone = await Clone.make({
    ci: 'mkdir -p node_modules; touch node_modules/.package-lock.json',
    rebuild: installs('v24.12.0'),
  })
  const { code, output } = await clone.install()
  assert.equal(code, 0, output)
  assert.match(output, /fetching the Node of the package "node" …/)
})

test('refuses a Node that is too old, and says which it found', async () => {
  await using clone = await Clone.make({ ci: installs('v24.11.9') })
  const { code, output } = await clone.install()
  assert.equal(code, 1)
  assert.match(output, /node_modules\/\.bin\/node is v24\.11\.9, needed is 24\.12 or later/)
})

test('takes a Node of a later major version', async () => {
  await using clone = await Clone.make({ ci: installs('v26.0.0') })
  assert.equal((await clone.install()).code, 0)
})

test('shows what npm said when it fails', async () => {
  await using clone = await Clone.make({ ci: 'echo no such package >&2; exit 1' })
  const { code, output } = await clone.install()
  assert.equal(code, 1)
  assert.match(output, /no such package\nmuster: npm ci failed/)
})

/** Shell text that does what a successful npm does here: leaves a Node of that version. */
function installs(version: string): string {
  return `mkdir -p node_modules/.bin
printf '#!/bin/sh\\necho ${version}\\n' > node_modules/.bin/node
chmod +x node_modules/.bin/node
touch node_modules/.package-lock.json`
}

class Clone {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  static async make(npm: { ci: string; rebuild?: string }): Promise<Clone> {
    const root = await mkdtemp(join(tmpdir(), 'muster-install-'))
    await mkdir(join(root, 'compose', 'setup'), { recursive: true })
    await mkdir(join(root, 'bin'))
    await copyFile(script, join(root, 'compose', 'setup', 'install.sh'))
    await writeFile(join(root, 'package-lock.json'), '{}')
    await writeFile(
      join(root, 'bin', 'npm'),
      `#!/bin/sh\ncase $1 in\nci)\n${npm.ci}\n;;\nrebuild)\n${npm.rebuild ?? ':'}\n;;\nesac\n`,
    )
    await chmod(join(root, 'bin', 'npm'), 0o755)
    return new Clone(root)
  }

  async install(): Promise<Outcome> {
    const env = { PATH: [join(this.#root, 'bin'), process.env['PATH']].join(delimiter) }
    return attempt('sh', [join(this.#root, 'compose', 'setup', 'install.sh')], { env })
  }

  async changeLock(): Promise<void> {
    const later = new Date(Date.now() + 60_000)
    await utimes(join(this.#root, 'package-lock.json'), later, later)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true })
  }
}
