// A reference to a middleware → what runs for it. A chain is replaced by what is in it, so that the data plane knows no
// chains; what cannot run is told, since a router must not be served without it.
import { checkMiddleware } from '../middleware/check-middleware.ts'
import type { MiddlewareConfig, PlannedMiddleware } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { Problem } from '../model/problem.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { Memo } from './memo.ts'
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

export class MiddlewareResolver {
  readonly #memo = new Memo<QualifiedName, Resolution>()
  #config: DynamicConfig | undefined
  #problems: ReadonlyMap<QualifiedName, readonly Problem[]> = new Map()

  /** @param problems errors by middleware: why one is not there */
  begin(config: DynamicConfig, problems: ReadonlyMap<QualifiedName, readonly Problem[]>): void {
    this.#config = config
    this.#problems = problems
    this.#memo.turn()
  }

  /** The same object for the same middleware, as long as nothing in it changed. */
  resolve(name: QualifiedName, within: readonly QualifiedName[] = []): Resolution {
    const config = this.#config?.middlewares.get(name)
    if (config === undefined) return faulty(this.#whyMissing(name))
    const circle = within.includes(name) || within.length === depthMax
    if (circle) return faulty({ reason: `middleware "${name}" is a chain that contains itself`, hint: undefined })
    const parts = config.kind === 'chain' ? config.middlewares.map((part) => this.#part(part, [...within, name])) : []
    return this.#memo.recall(name, [config, ...parts], () => resolution(name, config, parts))
  }

  #part(name: string, within: readonly QualifiedName[]): Resolution {
    return this.resolve(name as QualifiedName, within)
  }

  #whyMissing(name: QualifiedName): Fault {
    const problem = this.#problems.get(name)?.[0]
    if (problem !== undefined)
      return { reason: `middleware "${name}" cannot be used: ${problem.reason}`, hint: problem.hint }
    return missingName('middleware', name, this.#config?.middlewares.keys() ?? [])
  }
}

function resolution(name: QualifiedName, config: MiddlewareConfig, parts: readonly Resolution[]): Resolution {
  if (config.kind === 'pending') {
    return faulty({
      reason: `middleware "${name}": the ${config.type} middleware is not supported yet`,
      hint: undefined,
    })
  }
  if (config.kind === 'chain') {
    const planned = parts.flatMap((part) => part.planned)
    if (planned.length > plannedMax) {
      return faulty({
        reason: `middleware "${name}" is a chain of more than ${plannedMax} middlewares`,
        hint: undefined,
      })
    }
    return { planned, faults: parts.flatMap(({ faults }) => faults) }
  }
  const flaw = checkMiddleware(config)
  if (flaw !== undefined) return faulty({ reason: `middleware "${name}": ${flaw.reason}`, hint: flaw.hint })
  return { planned: [config], faults: [] }
}

function faulty(fault: Fault): Resolution {
  return { planned: [], faults: [fault] }
}
