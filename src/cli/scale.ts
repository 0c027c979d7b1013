// `muster scale SERVICE=N…`: more or fewer replicas of compose services, made through the engine as compose would make them.
import { parseDuration } from '../labels/values.ts'
import { EngineError } from '../provider/docker/engine.ts'
import { connectForReplicas } from '../provider/docker/dockerode-engine.ts'
import { engineAddress } from '../provider/docker/engine-address.ts'
import type { EngineAddress } from '../provider/docker/engine-address.ts'
import type { ReplicaEngine } from '../provider/docker/replicas/replica-engine.ts'
import { defaultApi } from './api-client.ts'
import { readArguments, tellUsage } from './arguments.ts'
import { findController } from './scale/controller.ts'
import type { Ground } from './scale/ground.ts'
import { grow, modelOf } from './scale/grow.ts'
import type { Model } from './scale/grow.ts'
import { planScale } from './scale/plan.ts'
import type { ServicePlan } from './scale/plan.ts'
import { progressOf } from './scale/progress.ts'
import type { ServiceSummary, Tell } from './scale/progress.ts'
import { shrink } from './scale/shrink.ts'
import { readWishes } from './scale/wishes.ts'
import type { Wish } from './scale/wishes.ts'
import type { Terminal } from './terminal.ts'

const usage = {
  command: 'scale',
  needs: 'SERVICE=N, as in web=4',
  text: `usage: muster scale [--project NAME] [--timeout 60s] [--json] [--api ${defaultApi}]
                    [--host unix:///var/run/docker.sock] SERVICE=N…

Makes or removes replicas of compose services, as docker compose up --scale would, without the compose file: new ones
are like the newest one there is. Each is waited for until it takes requests (at most --timeout); one that goes is
drained first (at most half of it). After SERVICE=0 there is none left to make another like: compose has to.
Without --project: the one project that has the service. Without --host: DOCKER_HOST, else the usual socket.`,
}

const options = {
  project: { type: 'string', short: 'p' },
  timeout: { type: 'string', default: '60s' },
  json: { type: 'boolean', default: false },
  api: { type: 'string', default: defaultApi },
  host: { type: 'string', default: '' },
} as const

const timeoutMaxMs = 24 * 3_600_000
const noOptions = { tls: undefined, username: undefined, password: undefined, timeoutMs: 0 }

/** 0: as wished. 1: not, or not all. 2: the words make no sense. */
export async function runScale(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const parsed = readArguments(args, options, usage)
  if (!parsed.ok) return tellUsage(parsed, terminal)
  const { project, timeout, json, api, host } = parsed.values
  const refuse = (reason: string): number =>
    tellUsage({ isHelp: false, message: `muster: ${reason}\n${usage.text}` }, terminal)
  const asked = readWishes(parsed.words)
  if (!asked.ok) return refuse(asked.message)
  const timeoutMs = parseDuration(timeout) ?? 0
  if (timeoutMs <= 0 || timeoutMs > timeoutMaxMs)
    return refuse(`--timeout is "${timeout}", and must be a time as in 60s, at most 24h`)
  const tell = progressOf(terminal, json)
  try {
    const address = engineAddress({ endpoint: host, connection: noOptions }, terminal.env)
    using engine = await connectForReplicas(address, signal)
    const ground = await prepare({ engine, address, api, timeoutMs, tell, signal })
    return (await scale(asked.wishes, project, ground)) ? 0 : 1
  } catch (error) {
    const isOurs = error instanceof EngineError
    if (!isOurs && !signal.aborted) throw error
    tell({ event: 'error', message: isOurs ? error.message : 'interrupted before anything was changed' })
    return 1
  }
}

interface Given {
  readonly engine: ReplicaEngine
  readonly address: EngineAddress
  readonly api: string
  readonly timeoutMs: number
  readonly tell: Tell
  readonly signal: AbortSignal
}

async function prepare({ engine, address, api, ...rest }: Given): Promise<Ground> {
  const found = await findController(api, rest.signal)
  const controller = found.ok ? found.value : undefined
  return {
    engine,
    controller,
    isLocal: address.endpoint.kind === 'unix',
    whyNoController: found.ok ? undefined : found.message,
    ...rest,
  }
}

async function scale(wishes: readonly Wish[], project: string | undefined, ground: Ground): Promise<boolean> {
  const { engine, signal, tell } = ground
  const began = performance.now()
  const planned = planScale(await engine.list(signal), wishes, project)
  if (!planned.ok) {
    tell({ event: 'error', message: planned.message })
    return false
  }
  // All is checked before anything is changed.
  const works: { plan: ServicePlan; model: Model | undefined }[] = []
  for (const plan of planned.plans) {
    const modelled = await modelOf(plan, ground)
    if (!modelled.ok) {
      tell({ event: 'error', message: modelled.message })
      return false
    }
    works.push({ plan, model: modelled.model })
  }
  tellAside(planned.plans, ground)
  const results: boolean[] = []
  // The new ones first: at no time are there fewer than before and after.
  for (const { plan, model } of works) results.push(await grow(plan, model, ground))
  for (const { plan } of works) results.push(await shrink(plan, ground))
  const services = await summaries(planned.plans, engine)
  const ok = results.every(Boolean)
  tell({ event: 'summary', ok, interrupted: signal.aborted, ms: Math.round(performance.now() - began), services })
  return ok
}

/** Who is not asked cannot be waited for, nor told to drain. */
function tellAside(plans: readonly ServicePlan[], { whyNoController, controller, tell }: Ground): void {
  const drains = plans.some(({ remove }) => remove.length > 0)
  const waits = plans.some(({ create, start }) => create.length + start.length > 0)
  const reason = whyNoController ?? controller?.readOnly
  if (reason === undefined || !(drains || (waits && controller === undefined))) return
  const without = drains
    ? 'replicas are stopped without being drained before (Muster drains them when their stop signal is sent)'
    : 'ready is what Docker calls healthy, or accepts'
  tell({ event: 'note', message: `${without}: ${reason}` })
}

async function summaries(plans: readonly ServicePlan[], engine: ReplicaEngine): Promise<readonly ServiceSummary[]> {
  const all = await engine.list(AbortSignal.timeout(10_000))
  return plans.map(({ project, service, before, wanted }) => {
    const alive = all.filter((replica) => replica.project === project && replica.service === service)
    return {
      project,
      service,
      before,
      wanted,
      now: alive.filter(({ state }) => state !== 'removing' && state !== 'dead').length,
    }
  })
}
