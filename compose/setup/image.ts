// `npm run image`: builds the image `muster`, quick when nothing has changed. The tests have the backends of the seed built too.
import { join } from 'node:path'
import { ensureBaseImage } from './base-image.ts'
import { ensureEngine } from './engine.ts'
import { run } from './run.ts'
import { script, step } from './step.ts'

const root = join(import.meta.dirname, '..', '..')

/** Stages of the Dockerfile and the names their images get. */
export type Target = 'muster' | 'backend-80' | 'backend-3000'

/** Builds one stage and gives it a name. The caller has ensured an engine. */
export async function buildImage(target: Target, name: string): Promise<void> {
  const base = await ensureBaseImage()
  await step(`building the image ${name} (base ${base.name})`, async () => {
    const args = ['build', '--build-arg', `BASE=${base.name}`, '--target', target, '--tag', name, '--force-rm']
    // The host's network for the build: npm then reaches its registry wherever the machine itself does.
    await run('docker', [...args, '--network', 'host', root])
  })
}

if (import.meta.main) {
  await script(async () => {
    await ensureEngine()
    await buildImage('muster', 'muster')
  })
}
