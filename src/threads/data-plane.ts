// The whole data plane of one thread: its listeners, its connections to members, and the snapshot it serves by. The same
// in a thread of its own and, with `--threads=0`, in the control thread.
import { accessLines } from '../entrypoint/access-lines.ts'
import type { AccessLogOptions } from '../entrypoint/access-log.ts'
import { openEntrypoint } from '../entrypoint/entrypoint.ts'
import type { Entrypoint } from '../entrypoint/entrypoint.ts'
import { EventStreams } from '../exchange/event-streams.ts'
import type { Handler } from '../exchange/exchange.ts'
import { internalHandler } from '../exchange/internal.ts'
import type { AskInternal } from '../exchange/internal.ts'
import { createForwarder } from '../forwarder/forwarder.ts'
import type { SharedBooks } from '../ledger/ledger.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { RequestMetrics } from '../observability/metrics.ts'
import type { MetricsShare, Scope } from '../observability/metrics.ts'
import type { Settings } from '../settings/settings.ts'
import type { MemberNews } from '../service/member.ts'
import type { PlanUpdate } from '../snapshot/plan-update.ts'
import type { Plan } from '../snapshot/snapshot.ts'
import { measureInto } from './request-metrics.ts'
import { Serving } from './serving.ts'

export interface Publication {
  readonly version: number
  readonly plan: Plan
}

/** A snapshot as it crosses to each thread, in one message: what is new in it since the last. */
export interface ThreadPublication {
  readonly version: number
  readonly update: PlanUpdate
  readonly books: SharedBooks
}

/**
 * What a member's connections are to do. `rest`: idle ones close now, those in use when their exchange ends. `resume`: it
 * takes requests after all. `break`: those in use break as well. `cut`: its address is no longer its own; those in use end
 * as soon as they are silent, and nothing is dialled until `resume`. `forget`: as `rest`, and nothing is remembered of it.
 */
export type MemberOrder = 'rest' | 'resume' | 'break' | 'cut' | 'forget'

/** `P`: one thread is told what is new; whoever speaks to all of them is given the whole. */
export interface DataPlane<P extends Publication | ThreadPublication> extends AsyncDisposable {
  /** The port each entrypoint listens on, by name. */
  readonly ports: ReadonlyMap<string, number>
  /** Resolves once every request is served by it; requests under way keep the snapshot they began with. */
  publish(publication: P): Promise<void>
  readonly order: (memberKey: string, order: MemberOrder) => void
  /** What each thread has counted; nothing while metrics are off. */
  readonly metrics: () => Promise<readonly MetricsShare[]>
  /**
   * The first half of a graceful stop: resolves when no further connection is taken. Of all threads before any of them
   * begins the second: a client that one of them sends away must not come back to another that is about to close.
   */
  readonly stopAccepting: () => Promise<void>
  /** The second half: resolves when every connection is closed, after the grace time at the latest. */
  readonly drain: () => Promise<void>
}

export interface DataPlaneReport {
  /** A failure inside Muster; the request got its 500, the thread lives. */
  error(error: unknown, fields: object, message: string): void
  /** Something an operator should know of that is nobody's failure in here: a limit reached, memory short. */
  notice(fields: object, message: string): void
  /** One line of the access log, without its end. */
  access(line: string): void
  /** A member failed, or answers again. */
  member(news: MemberNews): void
}

export interface DataPlaneOptions {
  readonly settings: Settings
  /** The ledger column this thread counts in. */
  readonly column: number
  /** Other threads listen on the same ports. */
  readonly shared: boolean
  /** Ports already settled, by entrypoint, where the settings leave them open. */
  readonly ports: ReadonlyMap<string, number>
  /** Keys sticky cookies; the same in all threads, and in all Musters that share users. */
  readonly secret: string
  /** Services of Muster's own, answered by `ask`. */
  readonly internalServices: readonly QualifiedName[]
  readonly ask: AskInternal
  readonly report: DataPlaneReport
  /** Known before the first connection: a thread that takes another's place never says "no configuration yet". */
  readonly first: ThreadPublication | undefined
}

/** Rejects with an EntrypointError when a port cannot be had. */
export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane<ThreadPublication>> {
  const { settings, column, secret, internalServices, ask, report } = options
  await using stack = new AsyncDisposableStack()
  const forwarder = stack.use(createForwarder(settings.limits))
  const streams = stack.use(new EventStreams())
  const serving = stack.use(
    new Serving({
      column,
      secret,
      entryPoints: [...settings.entryPoints.keys()],
      hold: settings.hold,
      forward: forwarder.forward,
      tell: (news) => report.member(news),
      internalServices: new Map(internalServices.map((name) => [name, internalHandler(name, ask, streams)])),
      onFailure: (error, snapshot) =>
        report.error(error, { snapshot }, 'compiling a snapshot failed; the last one stays'),
    }),
  )
  const orders: Readonly<Record<MemberOrder, (memberKey: string) => void>> = {
    rest: (memberKey) => forwarder.closeIdle(memberKey),
    resume(memberKey) {
      forwarder.reopen(memberKey)
      serving.wake()
    },
    break: (memberKey) => forwarder.break(memberKey),
    cut: (memberKey) => forwarder.cut(memberKey),
    forget: (memberKey) => forwarder.remove(memberKey),
  }
  if (options.first !== undefined) serving.publish(options.first)
  const metrics = settings.metrics && new RequestMetrics(settings.metrics.buckets)
  const accessLog = accessLogOf(options, metrics)
  const entrypoints = await openEntrypoints(options, stack, accessLog, (name) => serving.handlerOf(name))
  const opened = stack.move()
  return {
    ports: new Map(entrypoints.map(({ name, port }) => [name, port])),
    publish(publication) {
      serving.publish(publication)
      return Promise.resolve()
    },
    order: (memberKey, order) => orders[order](memberKey),
    metrics() {
      const open = new Map(entrypoints.map(({ name, open }) => [name, open]))
      return Promise.resolve(
        metrics === undefined ? [] : [metrics.share(open, (scope, name) => isIn(serving.plan, scope, name))],
      )
    },
    async stopAccepting() {
      await Promise.all(entrypoints.map((entrypoint) => entrypoint.stopAccepting()))
    },
    async drain() {
      // They have no end of their own.
      streams[Symbol.dispose]()
      await Promise.all(entrypoints.map((entrypoint) => entrypoint.drain()))
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function openEntrypoints(
  options: DataPlaneOptions,
  stack: AsyncDisposableStack,
  accessLog: AccessLogOptions | undefined,
  handlerOf: (name: string) => Handler,
): Promise<Entrypoint[]> {
  const { settings, shared, ports, report } = options
  const entrypoints: Entrypoint[] = []
  for (const [name, entryPoint] of settings.entryPoints) {
    const entrypoint = await openEntrypoint({
      ...entryPoint,
      name,
      port: ports.get(name) ?? entryPoint.port,
      reusePort: shared,
      accessLog,
      handler: () => handlerOf(name),
      onError: (error, exchange) =>
        report.error(error, { entrypoint: name, path: exchange?.head.path }, 'something failed inside Muster'),
      onNotice: ({ message, fields }) => report.notice({ entrypoint: name, ...fields }, message),
    })
    entrypoints.push(stack.use(entrypoint))
  }
  return entrypoints
}

/** Undefined: neither log nor metrics, and an entrypoint that looks at no request for them. */
function accessLogOf(
  { settings: { accessLog, metrics: metricsSettings }, report }: DataPlaneOptions,
  metrics: RequestMetrics | undefined,
): AccessLogOptions | undefined {
  const measure = metrics && metricsSettings && measureInto(metrics, metricsSettings)
  const textOf = accessLog && accessLines(accessLog)
  if (measure === undefined && textOf === undefined) return undefined
  return {
    measures: measure !== undefined || accessLog?.format === 'json',
    write(line) {
      measure?.(line)
      const text = textOf?.(line)
      if (text !== undefined) report.access(text)
    },
  }
}

function isIn({ routes, services }: Plan, scope: Scope, name: string): boolean {
  if (scope === 'entrypoint') return true
  return (scope === 'router' ? routes : services).has(name as QualifiedName)
}
