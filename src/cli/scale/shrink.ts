// Fewer replicas: each is drained through the controller, then stopped and removed.
import { EngineError } from '../../provider/docker/engine.ts'
import type { Replica } from '../../provider/docker/replicas/replica.ts'
import { drain, release } from './drain.ts'
import type { Drained } from './drain.ts'
import { limited } from './ground.ts'
import type { Ground } from './ground.ts'
import type { ServicePlan } from './plan.ts'
import type { ReplicaEvent, Step } from './progress.ts'

/** The controller keeps a hundred edits that can be taken back; a drain makes two of each member. */
const atOnceMax = 20

/** Whether all are as wished. */
export async function shrink(plan: ServicePlan, ground: Ground): Promise<boolean> {
  const tasks = plan.remove.map((replica) => () => leave(replica, plan, ground))
  const results = await limited(tasks, atOnceMax)
  return results.every(Boolean)
}

async function leave(replica: Replica, { project, service }: ServicePlan, ground: Ground): Promise<boolean> {
  const { name } = replica
  const tell = (step: Step, more?: Pick<ReplicaEvent, 'detail'>): void =>
    ground.tell({ event: 'replica', project, service, replica: name, step, ...more })
  if (ground.signal.aborted) return false
  let drained: Drained = { edits: [], slots: [] }
  try {
    if (replica.state === 'running') drained = await drain(name, ground, (detail) => tell('draining', { detail }))
    if (ground.signal.aborted) {
      tell('kept', { detail: 'it was not stopped' })
      return false
    }
    tell('stopping')
    await stopAndRemove(replica, ground)
    tell('removed')
    return true
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    tell('failed', { detail: error.message })
    return false
  } finally {
    // A later replica in that slot must not be drained, and one that stays must go on.
    await release(drained, ground)
  }
}

/** Once begun it is not left halfway: a container that is stopped and still there would be started by the next scaling. */
async function stopAndRemove({ id, name }: Replica, { engine }: Ground): Promise<void> {
  const { signal } = new AbortController()
  const vitals = await engine.vitals(id, signal)
  if (vitals === undefined) return
  await engine.stop({ id, name, stopTimeoutMs: vitals.stopTimeoutMs }, signal)
  await engine.remove({ id, name }, signal)
}
