// A reference to a middleware → what runs for it. A chain is replaced by what is in it, so that the data plane knows no
// chains; what cannot run is told, since a router must not be served without it.
import { checkMiddleware } from '../middleware/check-middleware.ts'
import type { ChainConfig, MiddlewareConfig, PlannedMiddleware } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { ObjectKind, Problem } from '../model/problem.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { missingName } from './missing-name.ts'

/** Why a middleware cannot run. */
export interface Fault {
  readonly reason: string
  readonly hint: string | undefined
}

export interface Resolution {
  readonly planned: readonly PlannedMiddleware[]
  /** Any: who uses it is not served. */
  readonly faults: readonly Fault[]
}

/** Chains in chains; far above any real one. */
const depthMax = 16
/** What a chain may unfold to: one that names another twice, which names a third twice, would have no end. */
const plannedMax = 256

/** Of one configuration. */
export class MiddlewareResolver {
  readonly #config: DynamicConfig
  readonly #known = new Map<QualifiedName, Resolution>()
  #errors: ReadonlyMap<string, readonly Problem[]> | undefined

  constructor(config: DynamicConfig) {
    this.#config = config
  }

  resolve(name: QualifiedName): Resolution {
    const before = this.#known.get(name)
    if (before !== undefined) return before
    const made = this.#resolve(name, [])
    this.#known.set(name, made)
    return made
  }

  /** What could not be read of an object, which may be why it is not there. */
  errorsOf(kind: ObjectKind, name: QualifiedName): readonly Problem[] {
    this.#errors ??= Map.groupBy(
      this.#config.problems.filter(({ severity, object }) => severity === 'error' && object !== undefined),
      ({ object, provider }) => `${object?.kind} ${object?.name}@${provider}`,
    )
    return this.#errors.get(`${kind} ${name}`) ?? []
  }

  #resolve(name: QualifiedName, within: readonly QualifiedName[]): Resolution {
    const config = this.#config.middlewares.get(name)
    if (config === undefined) return faulty(this.#whyMissing(name))
    if (within.includes(name) || within.length === depthMax) {
      return faulty({ reason: `middleware "${name}" is a chain that contains itself`, hint: undefined })
    }
    if (config.kind !== 'chain') return resolution(name, config)
    return chainOf(
      name,
      config.middlewares.map((part) => this.#resolve(part as QualifiedName, [...within, name])),
    )
  }

  #whyMissing(name: QualifiedName): Fault {
    const [problem] = this.errorsOf('middleware', name)
    if (problem !== undefined)
      return { reason: `middleware "${name}" cannot be used: ${problem.reason}`, hint: problem.hint }
    return missingName('middleware', name, this.#config.middlewares.keys())
  }
}

function chainOf(name: QualifiedName, parts: readonly Resolution[]): Resolution {
  const planned = parts.flatMap((part) => part.planned)
  if (planned.length > plannedMax) {
    return faulty({ reason: `middleware "${name}" is a chain of more than ${plannedMax} middlewares`, hint: undefined })
  }
  return { planned, faults: parts.flatMap(({ faults }) => faults) }
}

function resolution(name: QualifiedName, config: Exclude<MiddlewareConfig, ChainConfig>): Resolution {
  if (config.kind === 'pending') {
    return faulty({
      reason: `middleware "${name}": the ${config.type} middleware is not supported yet`,
      hint: undefined,
    })
  }
  const flaw = checkMiddleware(config)
  if (flaw !== undefined) return faulty({ reason: `middleware "${name}": ${flaw.reason}`, hint: flaw.hint })
  return { planned: [config], faults: [] }
}

function faulty(fault: Fault): Resolution {
  return { planned: [], faults: [fault] }
}
