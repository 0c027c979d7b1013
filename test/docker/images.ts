// What the tests against a real engine need before they start: engine, Compose, and the images the seed names.
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import type { ComposeTool, NoCompose } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { buildImage } from '../../compose/setup/image.ts'
import type { Target } from '../../compose/setup/image.ts'
import { SetupError } from '../../compose/setup/run.ts'

export type Ground =
  | { readonly kind: 'ready'; readonly v2: ComposeTool | NoCompose; readonly v1: ComposeTool | NoCompose }
  | { readonly kind: 'missing'; readonly reason: string }

/** The stages of the Dockerfile by the names their images get. */
const seedImages: Readonly<Record<string, Target>> = {
  muster: 'muster',
  'res/apache_php': 'backend-80',
  'res/express': 'backend-3000',
}

/** Without an engine there is nothing to test and the reason is given; an image that does not build is a failure. */
export async function prepareGround(images = seedImages): Promise<Ground> {
  try {
    await ensureEngine()
  } catch (error) {
    if (error instanceof SetupError) return { kind: 'missing', reason: error.message }
    throw error
  }
  const v2 = await ensureComposeV2()
  const v1 = await ensureComposeV1()
  for (const [name, target] of Object.entries(images)) await buildImage(target, name)
  return { kind: 'ready', v2, v1 }
}
