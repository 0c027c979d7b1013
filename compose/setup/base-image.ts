// The image that Muster's is built on: the public one, or where that cannot be had one made of this machine's own files.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { attempt, lastLines, run, SetupError } from './run.ts'
import { say, step } from './step.ts'
import { fingerprint, inventory, writeFiles } from './machine-files.ts'
import type { Inventory } from './machine-files.ts'

export interface BaseImage {
  readonly name: string
  /** True for the one made of this machine's files. */
  readonly local: boolean
}

/** The Dockerfile's own default. */
const publicBase = 'node:24-slim'
const localBase = 'muster-base:local'
const inputsLabel = 'base.inputs'
/** A registry that has not begun to send by then is taken for unreachable; a slow one that has begun may take long. */
const pullBeginsMs = 15_000
const pullEndsMs = 600_000

/** The public base when it is here or can be pulled, else the local one, made when missing or out of date. */
export async function ensureBaseImage(): Promise<BaseImage> {
  if (await isPresent(publicBase)) return { name: publicBase, local: false }
  const files = await inventory()
  const inputs = await fingerprint(files)
  const made = await attempt('docker', [
    'image',
    'inspect',
    '-f',
    `{{index .Config.Labels "${inputsLabel}"}}`,
    localBase,
  ])
  // One that is up to date was made because the public one could not be pulled; asking again each time would take long.
  if (made.stdout.trim() === inputs) return { name: localBase, local: true }
  const refusal = await step(`pulling the base image ${publicBase}`, () => pull(publicBase))
  if (refusal === undefined) return { name: publicBase, local: false }
  say(`  not to be had: ${refusal}`)
  await step(`making ${localBase} of this machine's own Node ${process.version} instead`, () =>
    makeLocal(files, inputs),
  )
  return { name: localBase, local: true }
}

async function isPresent(name: string): Promise<boolean> {
  return (await attempt('docker', ['image', 'inspect', name])).code === 0
}

/** Undefined when the image was pulled, else why not, in one line. */
async function pull(name: string): Promise<string | undefined> {
  const child = spawn('docker', ['pull', name], { stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill(), pullBeginsMs)
  const limit = setTimeout(() => child.kill(), pullEndsMs)
  let complaint = ''
  child.stdout.once('data', () => clearTimeout(timer))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code === 0) return undefined
    return code === null ? 'no answer in time' : (complaint.trim().split('\n').at(-1) ?? 'no reason given')
  } finally {
    clearTimeout(timer)
    clearTimeout(limit)
  }
}

async function makeLocal(files: Inventory, inputs: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'muster-base-'))
  try {
    for (const [inImage, onMachine] of files.copies) {
      const target = join(root, inImage)
      await mkdir(dirname(target), { recursive: true })
      await cp(onMachine, target, { recursive: true, dereference: true })
    }
    await writeFiles(root, files)
    await importTree(root, [
      'ENV PATH=/usr/local/bin:/usr/bin:/bin',
      ...Object.entries(files.env).map(([name, value]) => `ENV ${name}=${value}`),
      `LABEL ${inputsLabel}=${inputs}`,
    ])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function importTree(root: string, changes: readonly string[]): Promise<void> {
  // Owners and times that do not depend on who made it and when: the same inputs give the same image.
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0']
  const tar = spawn('tar', [...same, '-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  tar.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const packed = once(tar, 'close') as Promise<[number | null]>
  const flags = changes.flatMap((change) => ['--change', change])
  await run('docker', ['import', ...flags, '-', localBase], { input: tar.stdout })
  const [code] = await packed
  if (code !== 0) throw new SetupError(`packing the files of ${localBase} failed:\n${lastLines(complaint)}`)
}
