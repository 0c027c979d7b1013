// More replicas: stopped ones are started, new ones made like the newest, each followed until it is ready.
import { EngineError } from '../../provider/docker/engine.ts'
import { obstacles } from '../../provider/docker/replicas/obstacles.ts'
import { orderOf } from '../../provider/docker/replicas/blueprint.ts'
import type { Blueprint, ReplicaOrder } from '../../provider/docker/replicas/blueprint.ts'
import type { Replica } from '../../provider/docker/replicas/replica.ts'
import { limited } from './ground.ts'
import type { Ground } from './ground.ts'
import type { ServicePlan } from './plan.ts'
import type { ReplicaEvent, Step } from './progress.ts'
import { untilReady } from './readiness.ts'

/** Processes that start at once; more make each other slow. */
const atOnceMax = 8

export interface Model {
  readonly blueprint: Blueprint
  /** What new ones are made from. */
  readonly image: string
}

export type Modelled =
  | { readonly ok: true; readonly model: Model | undefined }
  | { readonly ok: false; readonly message: string }

/** What is needed before anything is changed; undefined when nothing is to be made. */
export async function modelOf(plan: ServicePlan, { engine, signal, tell }: Ground): Promise<Modelled> {
  const { create, source, service, wanted } = plan
  if (create.length === 0) return { ok: true, model: undefined }
  const blueprint = await engine.blueprint(source.id, signal)
  if (blueprint === undefined) return { ok: false, message: `"${source.name}" was just removed; try again` }
  const reasons = obstacles(blueprint, wanted)
  if (reasons.length > 0) {
    return { ok: false, message: `${service} cannot have ${wanted} replicas: ${reasons.join('; ')}` }
  }
  const { image, imageId } = blueprint
  if ((await engine.imageId(image, signal)) === imageId) return { ok: true, model: { blueprint, image } }
  const message =
    `${image} is another image by now: new replicas of ${service} are made from the one the others have ` +
    '(docker compose up -d renews them all)'
  tell({ event: 'note', message })
  return { ok: true, model: { blueprint, image: imageId } }
}

/** Whether all are as wished. */
export async function grow(plan: ServicePlan, model: Model | undefined, ground: Ground): Promise<boolean> {
  const { project, service } = plan
  const members = (await ground.controller?.members()) ?? []
  const isMember = members.some(({ slot }) => slot.startsWith(`${project}/${service}/`))
  const follow = (name: string, make: Making['make']) => () => followed({ plan, name, isMember, make }, ground)
  const starts = plan.start.map((replica) => follow(replica.name, (tell) => started(replica, tell, ground)))
  const orders = model === undefined ? [] : plan.create.map((number) => orderOf(model.blueprint, number, model.image))
  const creates = orders.map((order) => follow(order.name, (tell) => created(order, tell, ground)))
  const results = await limited([...starts, ...creates], atOnceMax)
  return results.every(Boolean)
}

interface Making {
  readonly plan: ServicePlan
  readonly name: string
  readonly isMember: boolean
  /** Resolves with the id once its process was started. */
  readonly make: (tell: TellStep) => Promise<string>
}

type TellStep = (step: Step, more?: Pick<ReplicaEvent, 'detail' | 'log'>) => void

async function followed({ plan, name, isMember, make }: Making, ground: Ground): Promise<boolean> {
  const { project, service } = plan
  const tell: TellStep = (step, more) =>
    ground.tell({ event: 'replica', project, service, replica: name, step, ...more })
  if (ground.signal.aborted) return false
  try {
    const id = await make(tell)
    tell('waiting')
    const outcome = await untilReady({ id, name, isMember, waits: (detail) => tell('waiting', { detail }) }, ground)
    const { step, ...more } = outcome
    tell(step, more)
    return step === 'ready'
  } catch (error) {
    if (ground.signal.aborted) {
      tell('kept', { detail: 'it is not waited for any longer' })
      return false
    }
    if (!(error instanceof EngineError)) throw error
    tell('failed', { detail: error.message })
    return false
  }
}

/** What is begun is brought to an end even when nobody waits for it: a container that never ran would be left over. */
async function created(order: ReplicaOrder, tell: TellStep, { engine }: Ground): Promise<string> {
  const { signal } = new AbortController()
  tell('creating')
  const id = await engine.create(order, signal)
  tell('starting')
  try {
    await engine.start({ id, name: order.name }, signal)
  } catch (error) {
    await engine.remove({ id, name: order.name }, signal)
    throw error
  }
  return id
}

async function started(replica: Replica, tell: TellStep, { engine }: Ground): Promise<string> {
  tell('starting')
  await engine.start(replica, new AbortController().signal)
  return replica.id
}
