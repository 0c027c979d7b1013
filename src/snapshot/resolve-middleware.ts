// A reference to a middleware → what runs for it. A chain is replaced by what is in it, so that the data plane knows no
// chains; what cannot run is told, since a router must not be served without it.
import { checkMiddleware } from '../middleware/check-middleware.ts'
import type { ChainConfig, MiddlewareConfig, PlannedMiddleware } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { ObjectKind, Problem } from '../model/problem.ts'
import { qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { missingName } from './missing-name.ts'

/** Why a middleware cannot run. */
export interface Fault {
  readonly reason: string
  readonly hint: string | undefined
  /** The same without anything that may have been a value: what clients are told. */
  readonly shown: string
}

export interface Resolution {
  readonly planned: readonly PlannedMiddleware[]
  /** Any: who uses it is not served. */
  readonly faults: readonly Fault[]
}

/** Chains in chains; far above any real one. */
const depthMax = 16
/**
 * What a chain, or all that a router names, may unfold to, counting whatever is named: chains that name the next one a hundred
 * times would have no end, also where nothing or only what is missing stands at theirs.
 */
const namedMax = 256

/** A chain while it is unfolded. */
interface Unfolding {
  readonly planned: PlannedMiddleware[]
  /** By reason: what is missing a hundred times is told once. */
  readonly faults: Map<string, Fault>
  named: number
}

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
    const made = this.#resolve(name)
    this.#known.set(name, made)
    return made
  }

  /** What runs for several references, one after the other. */
  resolveAll(references: readonly QualifiedName[]): Resolution {
    if (references.length > namedMax) return tooMany('the router names')
    const parts = references.map((reference) => this.resolve(reference))
    const planned = parts.flatMap((part) => part.planned)
    if (planned.length > namedMax) return tooMany('the router names')
    return { planned, faults: parts.flatMap(({ faults }) => faults) }
  }

  /** What could not be read of an object, which may be why it is not there. */
  errorsOf(kind: ObjectKind, name: QualifiedName): readonly Problem[] {
    this.#errors ??= Map.groupBy(
      this.#config.problems.filter(({ severity, object }) => severity === 'error' && object !== undefined),
      ({ object, provider }) => `${object?.kind} ${qualify(object?.name ?? '', provider)}`,
    )
    return this.#errors.get(`${kind} ${name}`) ?? []
  }

  #resolve(name: QualifiedName): Resolution {
    const into: Unfolding = { planned: [], faults: new Map(), named: 0 }
    this.#unfold(name, [], into)
    if (into.named > namedMax) return tooMany(`middleware "${name}" is a chain of`)
    return { planned: into.planned, faults: [...into.faults.values()] }
  }

  #unfold(name: QualifiedName, within: readonly QualifiedName[], into: Unfolding): void {
    if (++into.named > namedMax) return
    const config = this.#config.middlewares.get(name)
    const fault = this.#faultOf(name, config, within)
    if (fault !== undefined) into.faults.set(fault.reason, fault)
    else if (config?.kind === 'chain') {
      for (const part of config.middlewares) this.#unfold(part as QualifiedName, [...within, name], into)
    } else if (config !== undefined && config.kind !== 'pending') into.planned.push(config)
  }

  #faultOf(
    name: QualifiedName,
    config: MiddlewareConfig | undefined,
    within: readonly QualifiedName[],
  ): Fault | undefined {
    if (config === undefined) return this.#whyMissing(name)
    if (within.includes(name) || within.length === depthMax) {
      return open(`middleware "${name}" is a chain that contains itself`)
    }
    return config.kind === 'chain' ? undefined : whyUnusable(name, config)
  }

  #whyMissing(name: QualifiedName): Fault {
    const [problem] = this.errorsOf('middleware', name)
    if (problem !== undefined) return unusable(name, ` cannot be used: ${problem.reason}`, problem.hint)
    const { reason, hint } = missingName('middleware', name, this.#config.middlewares.keys())
    return { reason, hint, shown: reason }
  }
}

function whyUnusable(name: QualifiedName, config: Exclude<MiddlewareConfig, ChainConfig>): Fault | undefined {
  if (config.kind === 'pending') {
    return open(`middleware "${name}": the ${config.type} middleware is not supported yet`)
  }
  const flaw = checkMiddleware(config)
  return flaw && unusable(name, `: ${flaw.reason}`, flaw.hint)
}

function unusable(name: QualifiedName, why: string, hint: string | undefined): Fault {
  return { reason: `middleware "${name}"${why}`, hint, shown: `middleware "${name}" cannot be used` }
}

/** A reason in which only names stand. */
function open(reason: string): Fault {
  return { reason, hint: undefined, shown: reason }
}

function tooMany(what: string): Resolution {
  return { planned: [], faults: [open(`${what} more than ${namedMax} middlewares`)] }
}
