// What the tests against a real engine need before they start: engine, Compose, and the images the seed names.
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import type { ComposeTool, NoCompose } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { buildImage } from '../../compose/setup/image.ts'
import { SetupError } from '../../compose/setup/run.ts'

export type Ground =
  | { readonly kind: 'ready'; readonly v2: ComposeTool | NoCompose; readonly v1: ComposeTool | NoCompose }
  | { readonly kind: 'missing'; readonly reason: string }

/** Without an engine there is nothing to test and the reason is given; an image that does not build is a failure. */
export async function prepareGround(): Promise<Ground> {
  try {
    await ensureEngine()
  } catch (error) {
    if (error instanceof SetupError) return { kind: 'missing', reason: error.message }
    throw error
  }
  const v2 = await ensureComposeV2()
  const v1 = await ensureComposeV1()
  await buildImage('muster', 'muster')
  await buildImage('backend-80', 'res/apache_php')
  await buildImage('backend-3000', 'res/express')
  return { kind: 'ready', v2, v1 }
}
