// The composition root: the only file that may import every folder. Builds the two stories and joins them.
import { createApi, createPing } from './admin/api.ts'
import { internalDeclaration } from './admin/internal-declaration.ts'
import { logMemberChange } from './cluster/change-log.ts'
import { Cluster } from './cluster/cluster.ts'
import type { MemberChange } from './cluster/cluster.ts'
import type { InternalAnswer, InternalRequest, InternalService } from './exchange/internal.ts'
import { Ledger } from './ledger/ledger.ts'
import { qualify } from './model/qualified-name.ts'
import type { QualifiedName } from './model/qualified-name.ts'
import type { Logger } from './observability/logger.ts'
import { DockerProvider } from './provider/docker/docker-provider.ts'
import { dockerEngine } from './provider/docker/dockerode-engine.ts'
import { createFileProvider } from './provider/file/file-provider.ts'
import type { Provider } from './provider/provider.ts'
import { Reconciler } from './reconciler/reconciler.ts'
import type { Update } from './reconciler/reconciler.ts'
import { createUpdateLog } from './reconciler/update-log.ts'
import { entryPointNames } from './settings/entrypoint-names.ts'
import { internalEntryPoint } from './settings/settings.ts'
import type { Settings } from './settings/settings.ts'
import { emptySnapshot } from './snapshot/empty-snapshot.ts'
import { link } from './snapshot/link.ts'
import { SnapshotStore } from './snapshot/snapshot-store.ts'
import { openDataPlane } from './threads/data-plane.ts'
import type { DataPlane, DataPlaneReport, Publication } from './threads/data-plane.ts'
import { startThreadPool } from './threads/thread-pool.ts'
import { version } from './version.ts'

/** How long the first snapshot waits for a provider that does not speak. */
const startCeilingMs = 5000
/** A single change is felt at once; a burst of starts costs one update. */
const quietMs = 5
const ceilingMs = 100

export interface App extends AsyncDisposable {
  /** The port each entrypoint listens on, by name. */
  readonly ports: ReadonlyMap<string, number>
}

/**
 * Opens the entrypoints, then lets the providers speak. Rejects with an EntrypointError when a port cannot be had.
 * Disposal is graceful: pings answer 503, requests in flight finish within the grace time, what is left is cut.
 */
export async function startApp(settings: Settings, log: Logger): Promise<App> {
  await using stack = new AsyncDisposableStack()
  const stopping = stack.adopt(new AbortController(), (controller) => controller.abort())
  const ledger = new Ledger(Math.max(settings.threads, 1))
  const names = entryPointNames(settings)
  const store = new SnapshotStore(emptySnapshot)
  const cluster = stack.use(new Cluster(ledger, (change) => onMemberChange(change, plane, log)))
  const api = createApi({ version, startDate: new Date().toISOString(), pages: settings.api.dashboard, store, cluster })
  const internal = new Map<QualifiedName, InternalService>([
    [qualify('api', 'internal'), api],
    [qualify('dashboard', 'internal'), api],
    [qualify('ping', 'internal'), createPing(() => stopping.signal.aborted)],
  ])
  const plane = stack.use(await openPlane(settings, { ledger, internal, log }))
  for (const [entrypoint, port] of plane.ports) log.info({ entrypoint, port }, 'listening')

  const providers = createProviders(settings)
  const logUpdate = createUpdateLog(log)
  const reconciler = stack.use(
    new Reconciler({
      providers: providers.map(({ name }) => name),
      startCeilingMs,
      quietMs,
      ceilingMs,
      cluster,
      store,
      link: (config, next) => link(config, { ...names, version: next, internalServices: [...internal.keys()] }),
      // Told when it holds: a line that says "updated" must be true of every thread.
      onUpdate: (update) => void publish(update, plane).then(() => logUpdate(update)),
      onFailure: (err, snapshot) =>
        log.error({ err, snapshot }, 'linking the configuration failed; the last one stays'),
    }),
  )
  reconciler.accept(internalDeclaration(internalPages(settings)))
  for (const provider of providers) runProvider(provider, { reconciler, cluster, log, signal: stopping.signal })
  const started = stack.move()
  return {
    ports: plane.ports,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await plane.stopAccepting()
      await plane.drain()
      await started.disposeAsync()
    },
  }
}

interface PlaneParts {
  readonly ledger: Ledger
  readonly internal: ReadonlyMap<QualifiedName, InternalService>
  readonly log: Logger
}

/** In threads of its own or, with `--threads=0`, in this one. */
async function openPlane(settings: Settings, { ledger, internal, log }: PlaneParts): Promise<DataPlane<Publication>> {
  const { threads } = settings
  const internalServices = [...internal.keys()]
  const ask = (service: string, request: InternalRequest): InternalAnswer =>
    internal.get(service as QualifiedName)?.(request) ?? { status: 404, body: '', fields: [] }
  const report: DataPlaneReport = {
    error: (err, fields, message) => log.error({ ...fields, err }, message),
    notice: (fields, message) => log.warn(fields, message),
    access: (line) => void process.stdout.write(`${line}\n`),
  }
  if (threads > 0) return startThreadPool({ settings, threads, ledger, internalServices, ask, report })
  const plane = await openDataPlane({
    settings,
    column: 0,
    shared: false,
    ports: new Map(),
    internalServices,
    ask: (service, request) => Promise.resolve(ask(service, request)),
    report,
    first: undefined,
  })
  const { ports, order, stopAccepting, drain } = plane
  return {
    ports,
    order,
    stopAccepting,
    drain,
    publish: (publication) => plane.publish({ ...publication, books: ledger.share() }),
    [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose](),
  }
}

/** Nothing but the plan: what people are shown of a snapshot is many times as large. */
function publish({ snapshot: { version, plan } }: Update, plane: DataPlane<Publication>): Promise<void> {
  return plane.publish({ version, plan })
}

function onMemberChange(change: MemberChange, plane: DataPlane<Publication>, log: Logger): void {
  const { member, after } = change
  // Idle connections of ours would keep a well-behaved process alive until it is killed.
  plane.order(member.key, after === 'ready' ? 'resume' : after === 'gone' ? 'forget' : 'rest')
  logMemberChange(log, change)
}

function createProviders({ providers: { docker, file } }: Settings): Provider[] {
  const providers: Provider[] = []
  if (docker !== undefined) providers.push(new DockerProvider(dockerEngine(docker.endpoint), docker))
  if (file !== undefined) providers.push(createFileProvider(file))
  return providers
}

function runProvider(
  provider: Provider,
  { reconciler, cluster, log, signal }: { reconciler: Reconciler; cluster: Cluster; log: Logger; signal: AbortSignal },
): void {
  const report = {
    publish: reconciler.accept.bind(reconciler),
    observe: cluster.observe.bind(cluster),
    log,
  }
  provider.run(report, signal).catch((err: unknown) => {
    log.error({ err, provider: provider.name }, 'a provider stopped; its last configuration stays')
  })
}

function internalPages({ api, ping }: Settings): Parameters<typeof internalDeclaration>[0] {
  const apiEntryPoint = api.insecure ? internalEntryPoint : undefined
  return { apiEntryPoint, pingEntryPoint: ping?.entryPoint ?? apiEntryPoint }
}
