import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import type { Declaration } from '../../../../src/model/declaration.ts'
import { describeProblem } from '../../../../src/model/problem.ts'
import { createFileProvider } from '../../../../src/provider/file/file-provider.ts'
import type { FileProviderOptions } from '../../../../src/provider/file/file-provider.ts'

/** A router and its service, in YAML. */
function config(name: string, url = 'http://10.0.0.1'): string {
  return `http:
  routers:
    ${name}: { rule: 'Host(\`${name}\`)', service: ${name} }
  services:
    ${name}: { loadBalancer: { servers: [{ url: '${url}' }] } }
`
}

interface Running extends AsyncDisposable {
  /** The first declaration, published or yet to come, of which this is true. */
  until(true_: (declaration: Declaration) => boolean): Promise<Declaration>
  readonly published: Declaration[]
}

function run(options: Omit<FileProviderOptions, 'watch'> & { watch?: boolean }): Running {
  const stop = new AbortController()
  const published: Declaration[] = []
  const events = new EventEmitter()
  // A look without a hint would hide that watching does not work.
  const timing = { quietMs: 20, doubtMs: 100, rescanMs: 600_000 }
  const log = { error: fail, warn() {}, info() {}, debug() {} }
  const done = createFileProvider({ watch: true, timing, ...options }).run(
    {
      log,
      observe: fail,
      trouble: fail,
      publish(declaration) {
        published.push(declaration)
        events.emit('publish')
      },
    },
    stop.signal,
  )
  return {
    published,
    async until(true_) {
      for (;;) {
        const last = published.at(-1)
        if (last !== undefined && true_(last)) return last
        await once(events, 'publish')
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

function fail(...said: unknown[]): void {
  assert.fail(JSON.stringify(said))
}

async function temporary(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'muster-file-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function routers(declaration: Declaration): string {
  return [...declaration.routers.keys()].join()
}

function has(names: string): (declaration: Declaration) => boolean {
  return (declaration) => routers(declaration) === names
}

function host(declaration: Declaration, service: string): string | undefined {
  return declaration.services.get(service)?.members[0]?.host
}

describe('the file provider with one file', { timeout: 20_000 }, () => {
  it('publishes what the file says, under the name file', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({ filename })
    const declaration = await files.until(has('web'))
    assert.equal(declaration.provider, 'file')
    assert.equal(declaration.cause.what, 'file list')
    assert.equal(host(declaration, 'web'), '10.0.0.1')
    assert.deepEqual(declaration.problems, [])
  })

  it('reads a file of any name', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'muster.conf')
    await writeFile(filename, config('web'))
    await using files = run({ filename })
    await files.until(has('web'))
    await writeFile(filename, config('other'))
    await files.until(has('other'))
  })

  it('follows a file written in place, renamed over and swapped behind a link', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({ filename })
    await files.until(has('web'))

    await writeFile(filename, config('inplace'))
    assert.equal((await files.until(has('inplace'))).cause.what, 'file changed')

    for (const name of ['renamed', 'again']) {
      await writeFile(join(dir.path, '.new'), config(name))
      await rename(join(dir.path, '.new'), filename)
      await files.until(has(name))
    }

    await writeFile(join(dir.path, 'target'), config('linked'))
    await symlink('target', join(dir.path, 'link'))
    await rename(join(dir.path, 'link'), filename)
    await files.until(has('linked'))
  })

  it('follows the generations of a mounted config map', async () => {
    await using dir = await temporary()
    const generation = async (name: string): Promise<void> => {
      await mkdir(join(dir.path, `..${name}`))
      await writeFile(join(dir.path, `..${name}`, 'dynamic.yml'), config(name))
      await symlink(`..${name}`, join(dir.path, '..data_tmp'))
      await rename(join(dir.path, '..data_tmp'), join(dir.path, '..data'))
    }
    await generation('one')
    await symlink(join('..data', 'dynamic.yml'), join(dir.path, 'dynamic.yml'))
    await using file = run({ filename: join(dir.path, 'dynamic.yml') })
    await using directory = run({ directory: dir.path })
    await Promise.all([file.until(has('one')), directory.until(has('one'))])
    for (const name of ['two', 'six']) {
      await generation(name)
      await Promise.all([file.until(has(name)), directory.until(has(name))])
    }
    for (const { problems } of directory.published) assert.deepEqual(problems, [])
  })

  it('keeps the last good content of a broken file and says where it is broken', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({ filename })
    await files.until(has('web'))
    await writeFile(filename, `${config('web')}  : [`)
    const broken = await files.until(({ problems }) => problems.length > 0)
    assert.equal(routers(broken), 'web')
    assert.equal(broken.problems[0]?.severity, 'error')
    assert.match(broken.problems.map(describeProblem).join(), /dynamic\.yml:\d+:\d+: .*its last good content stays/)
    await writeFile(filename, config('mended'))
    assert.deepEqual((await files.until(has('mended'))).problems, [])
  })

  it('lets the objects of a deleted file go, and has them back with the file', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({ filename })
    await files.until(has('web'))
    await rm(filename)
    const gone = await files.until(has(''))
    assert.match(gone.problems.map(describeProblem).join(), /there is no such file; it is read as soon as it appears/)
    await writeFile(filename, config('web'))
    assert.deepEqual((await files.until(has('web'))).problems, [])
  })

  it('shows nothing of a save in several steps', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({
      filename,
      timing: { quietMs: 500, ceilingMs: 10_000, doubtMs: 60_000, rescanMs: 600_000 },
    })
    await files.until(has('web'))
    await truncate(filename)
    await writeFile(filename, config('half'))
    await rm(filename)
    await writeFile(filename, config('whole'))
    await files.until(has('whole'))
    assert.deepEqual(files.published.map(routers), ['web', 'whole'])
  })

  it('follows a link that is swapped for another of the same size and time', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    const then = new Date('2026-01-01')
    await mkdir(join(dir.path, 'targets'))
    for (const name of ['one', 'two']) {
      await writeFile(join(dir.path, 'targets', name), config(name))
      await utimes(join(dir.path, 'targets', name), then, then)
      await symlink(join('targets', name), join(dir.path, name))
    }
    await rename(join(dir.path, 'one'), filename)
    await using files = run({ filename })
    await files.until(has('one'))
    await rename(join(dir.path, 'two'), filename)
    await files.until(has('two'))
  })

  it('publishes nothing when only the wording changes, however often it looks', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({ filename, timing: { quietMs: 1, rescanMs: 1 } })
    await files.until(has('web'))
    await writeFile(join(dir.path, '.new'), `# a comment\n${config('web')}`)
    await rename(join(dir.path, '.new'), filename)
    await writeFile(join(dir.path, 'other.yml'), config('unrelated'))
    await writeFile(join(dir.path, '.new'), config('done'))
    await rename(join(dir.path, '.new'), filename)
    await files.until(has('done'))
    assert.deepEqual(files.published.map(routers), ['web', 'done'])
  })

  it('waits for a file whose directory does not exist yet', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'later', 'still', 'dynamic.yml')
    await using files = run({ filename })
    assert.equal((await files.until(has(''))).problems.length, 1)
    await mkdir(join(dir.path, 'later', 'still'), { recursive: true })
    await writeFile(filename, config('web'))
    await files.until(has('web'))
  })

  it('reads once when it is not to watch, and settles when told to stop', async () => {
    await using dir = await temporary()
    const filename = join(dir.path, 'dynamic.yml')
    await writeFile(filename, config('web'))
    await using files = run({ filename, watch: false })
    await files.until(has('web'))
    await writeFile(filename, config('two'))
    assert.equal(files.published.length, 1)
  })

  it('looks without a hint now and then', async () => {
    await using dir = await temporary()
    const outside = await temporary()
    await using _ = outside
    // Two links away nothing in the watched directory stirs.
    await writeFile(join(outside.path, 'a.yml'), config('web'))
    await symlink(join(outside.path, 'a.yml'), join(outside.path, 'b.yml'))
    await symlink(join(outside.path, 'b.yml'), join(dir.path, 'dynamic.yml'))
    await using files = run({ filename: join(dir.path, 'dynamic.yml'), timing: { quietMs: 5, rescanMs: 20 } })
    await files.until(has('web'))
    await writeFile(join(outside.path, 'new'), config('two'))
    await rename(join(outside.path, 'new'), join(outside.path, 'a.yml'))
    await files.until(has('two'))
  })
})

describe('the file provider with a directory', { timeout: 20_000 }, () => {
  it('reads YAML and TOML files of the whole tree and nothing else', async () => {
    await using dir = await temporary()
    await mkdir(join(dir.path, 'sub', 'deep'), { recursive: true })
    await mkdir(join(dir.path, '.git'))
    await writeFile(join(dir.path, 'b.yaml'), config('b'))
    await writeFile(join(dir.path, 'sub', 'deep', 'c.yml'), config('c'))
    await writeFile(join(dir.path, 'a.toml'), '[http.routers.a]\nrule = "Host(`a`)"\nservice = "a"\n')
    for (const other of ['readme.md', 'x.yml~', '.x.yml', '.git/y.yml']) await writeFile(join(dir.path, other), '}{')
    await using files = run({ directory: dir.path })
    const declaration = await files.until(has('a,b,c'))
    assert.deepEqual(declaration.problems, [])
  })

  it('follows files and directories that come, change and go', async () => {
    await using dir = await temporary()
    await using files = run({ directory: dir.path })
    await files.until(has(''))
    await writeFile(join(dir.path, 'b.yml'), config('b'))
    await files.until(has('b'))
    await mkdir(join(dir.path, 'a'))
    await writeFile(join(dir.path, 'a', 'a.yml'), config('a'))
    await files.until(has('a,b'))
    await writeFile(join(dir.path, 'a', 'a.yml'), config('c'))
    await files.until(has('c,b'))
    await rm(join(dir.path, 'a'), { recursive: true })
    await files.until(has('b'))
  })

  it('keeps a file that is gone or empty until that can no longer be half of a save', async () => {
    await using dir = await temporary()
    for (const name of ['a', 'b']) await writeFile(join(dir.path, `${name}.yml`), config(name))
    await using files = run({ directory: dir.path, timing: { quietMs: 5, doubtMs: 600_000, rescanMs: 600_000 } })
    await files.until(has('a,b'))
    await truncate(join(dir.path, 'a.yml'))
    await rm(join(dir.path, 'b.yml'))
    await writeFile(join(dir.path, 'c.yml'), config('c'))
    await files.until(has('a,b,c'))
    await writeFile(join(dir.path, 'a.yml'), config('x'))
    await files.until(has('x,b,c'))
  })

  it('waits for a directory that appears later and survives that it is replaced', async () => {
    await using dir = await temporary()
    const directory = join(dir.path, 'conf')
    await using files = run({ directory })
    const nothing = await files.until(has(''))
    assert.match(nothing.problems.map(describeProblem).join(), /conf: there is no such directory/)
    await mkdir(directory)
    await writeFile(join(directory, 'a.yml'), config('a'))
    assert.deepEqual((await files.until(has('a'))).problems, [])
    await rm(directory, { recursive: true })
    await files.until(has(''))
    await mkdir(directory)
    await writeFile(join(directory, 'b.yml'), config('b'))
    await files.until(has('b'))
  })

  it('keeps the first of two equal names, whatever the order they were written in', async () => {
    await using dir = await temporary()
    await writeFile(join(dir.path, 'z.yml'), config('web', 'http://10.0.0.26'))
    await writeFile(join(dir.path, 'a.yml'), config('web', 'http://10.0.0.1'))
    await using files = run({ directory: dir.path })
    const declaration = await files.until(has('web'))
    assert.equal(host(declaration, 'web'), '10.0.0.1')
    assert.deepEqual(
      declaration.problems.map(({ severity, source, object }) => [severity, source, object?.kind]),
      [
        ['warning', join(dir.path, 'z.yml'), 'router'],
        ['warning', join(dir.path, 'z.yml'), 'service'],
      ],
    )
    await rm(join(dir.path, 'a.yml'))
    await files.until((next) => host(next, 'web') === '10.0.0.26' && next.problems.length === 0)
  })

  it('takes a broken file alone, with the problems inside good ones', async () => {
    await using dir = await temporary()
    await writeFile(join(dir.path, 'a.yml'), config('a'))
    await writeFile(join(dir.path, 'b.toml'), 'x = = 1')
    await writeFile(join(dir.path, 'c.yml'), `${config('c')}  routres: {}\n`)
    await writeFile(join(dir.path, 'd.yml'), 'x: {{ env "HOME" }}: [')
    await using files = run({ directory: dir.path })
    const { problems } = await files.until(has('a,c'))
    const text = problems.map(describeProblem).join('\n')
    assert.match(text, /b\.toml:1:5: /)
    assert.match(text, /c\.yml: .*routres/)
    assert.match(text, /d\.yml:1:\d+: .*Go templates are not run/)
  })

  it('keeps what it knows of files that cannot be read, are too large or are no files', async () => {
    await using dir = await temporary()
    const path = (name: string): string => join(dir.path, name)
    await promisify(execFile)('mkfifo', [path('pipe.yml')])
    for (const name of ['huge', 'looped']) await writeFile(path(`${name}.yml`), config(name))
    await using files = run({ directory: dir.path })
    await files.until(has('huge,looped'))
    await rm(path('looped.yml'))
    await symlink('looped.yml', path('looped.yml'))
    await truncate(path('huge.yml'), 4 * 1024 * 1024 + 1)
    const { problems } = await files.until((next) => next.problems.length === 3)
    assert.equal(routers(files.published.at(-1) ?? assert.fail()), 'huge,looped')
    const text = problems.map(describeProblem).join('\n')
    assert.match(text, /huge\.yml: larger than 4 MiB; its last good content stays/)
    assert.match(text, /looped\.yml: cannot be read \(ELOOP\)/)
    assert.match(text, /pipe\.yml: not a regular file/)
  })

  it('keeps what it knows while the directory cannot be read', async (t) => {
    if (process.getuid?.() === 0) {
      t.skip('the superuser can read everything')
      return
    }
    await using dir = await temporary()
    await writeFile(join(dir.path, 'a.yml'), config('a'))
    await using files = run({ directory: dir.path })
    await files.until(has('a'))
    await chmod(dir.path, 0o000)
    const { problems } = await files.until((next) => next.problems.length > 0)
    await chmod(dir.path, 0o700)
    assert.equal(routers(files.published.at(-1) ?? assert.fail()), 'a')
    assert.match(problems.map(describeProblem).join(), /cannot be read \(EACCES\)/)
  })
})
