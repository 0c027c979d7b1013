// The member's image: the base image and one file, compiled here so that a container starts as fast as plain JavaScript.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBaseImage } from '../../../compose/setup/base-image.ts'
import { run } from '../../../compose/setup/run.ts'
import { step } from '../../../compose/setup/step.ts'

export const memberImage = 'muster-soak-member'

/** The caller has ensured an engine. Quick when nothing has changed. */
export async function buildMemberImage(): Promise<void> {
  const base = await ensureBaseImage()
  const directory = await mkdtemp(join(tmpdir(), 'muster-soak-member-'))
  try {
    const source = await readFile(join(import.meta.dirname, 'member.ts'), 'utf8')
    await writeFile(join(directory, 'member.mjs'), stripTypeScriptTypes(source))
    await writeFile(join(directory, 'Dockerfile'), dockerfile(base.name))
    await step(`building the image ${memberImage} (base ${base.name})`, () =>
      run('docker', ['build', '--tag', memberImage, '--force-rm', directory]),
    )
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function dockerfile(base: string): string {
  return [
    `FROM ${base}`,
    'COPY member.mjs /member.mjs',
    'EXPOSE 80',
    'ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/member.mjs"]',
    '',
  ].join('\n')
}
