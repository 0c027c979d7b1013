// The part `storms`: what Muster makes of an engine that flaps, and of one where a thousand containers start at once. Neither
// needs a real engine.
import { say } from '../../../compose/setup/step.ts'
import { crowdSize, measureCrowd } from './crowd.ts'
import type { Crowd } from './crowd.ts'
import { measureFlapping } from './flapping.ts'
import type { Flapping } from './flapping.ts'
import { measureRebuilds } from './rebuild.ts'
import type { Rebuild } from './rebuild.ts'

export interface Storms {
  readonly flapping: Flapping
  readonly crowd: Crowd
  readonly rebuilds: readonly Rebuild[]
}

export async function measureStorms(flapSeconds: number, log: ((text: string) => void) | undefined): Promise<Storms> {
  // Before anything else was run here, so that the first one shows what a start costs.
  const rebuilds = measureRebuilds(crowdSize)
  say(`a Docker socket flaps for ${flapSeconds} s`)
  const flapping = await measureFlapping(flapSeconds, log)
  say(`${crowdSize} containers start`)
  return { flapping, crowd: await measureCrowd(log), rebuilds }
}
