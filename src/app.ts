// The composition root: the only file that may import every folder. Builds the two stories and joins them.
import { createApi, createPing } from './admin/api.ts'
import { internalDeclaration } from './admin/internal-declaration.ts'
import { logMemberChange } from './cluster/change-log.ts'
import { Cluster } from './cluster/cluster.ts'
import type { MemberChange } from './cluster/cluster.ts'
import { Ledger } from './cluster/ledger.ts'
import { commonLogLine } from './entrypoint/access-log.ts'
import type { AccessLine } from './entrypoint/access-log.ts'
import { openEntrypoint } from './entrypoint/entrypoint.ts'
import type { Entrypoint } from './entrypoint/entrypoint.ts'
import type { Handler } from './exchange/exchange.ts'
import { createForwarder } from './forwarder/forwarder.ts'
import type { Forwarder } from './forwarder/forwarder.ts'
import { qualify } from './model/qualified-name.ts'
import type { QualifiedName } from './model/qualified-name.ts'
import type { Logger } from './observability/logger.ts'
import { DockerProvider } from './provider/docker/docker-provider.ts'
import { dockerEngine } from './provider/docker/dockerode-engine.ts'
import { createFileProvider } from './provider/file/file-provider.ts'
import type { Provider } from './provider/provider.ts'
import { Reconciler } from './reconciler/reconciler.ts'
import { createUpdateLog } from './reconciler/update-log.ts'
import { internalEntryPoint } from './settings/settings.ts'
import type { Settings } from './settings/settings.ts'
import { compile, notFound } from './snapshot/compile.ts'
import { emptySnapshot } from './snapshot/empty-snapshot.ts'
import { SnapshotStore } from './snapshot/snapshot-store.ts'
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
  const ledger = new Ledger()
  const store = new SnapshotStore(emptySnapshot([...settings.entryPoints.keys()]))
  const forwarder = stack.use(createForwarder(settings.limits))
  const cluster = stack.use(new Cluster(ledger, (change) => onMemberChange(change, forwarder, log)))
  const api = createApi({ version, startDate: new Date().toISOString(), pages: settings.api.dashboard, store, cluster })
  const internalServices = new Map<QualifiedName, Handler>([
    [qualify('api', 'internal'), api],
    [qualify('dashboard', 'internal'), api],
    [qualify('ping', 'internal'), createPing(() => stopping.signal.aborted)],
  ])
  const context = { ...entryPointNames(settings), ledger, forward: forwarder.forward, internalServices }
  const providers = createProviders(settings)
  const reconciler = stack.use(
    new Reconciler({
      providers: providers.map(({ name }) => name),
      startCeilingMs,
      quietMs,
      ceilingMs,
      cluster,
      store,
      compile: (config, next) => compile(config, { ...context, version: next }),
      onUpdate: createUpdateLog(log),
      onFailure: (err, snapshot) =>
        log.error({ err, snapshot }, 'compiling the configuration failed; the last one stays'),
    }),
  )
  const entrypoints = await openEntrypoints(
    settings,
    log,
    stack,
    (name) => store.current.handlers.get(name) ?? notFound,
  )
  reconciler.accept(internalDeclaration(internalPages(settings)))
  for (const provider of providers) runProvider(provider, { reconciler, cluster, log, signal: stopping.signal })
  const started = stack.move()
  return {
    ports: new Map(entrypoints.map(({ name, port }) => [name, port])),
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await Promise.all(entrypoints.map((entrypoint) => entrypoint.close(settings.graceTimeOutMs)))
      await started.disposeAsync()
    },
  }
}

function onMemberChange(change: MemberChange, forwarder: Forwarder, log: Logger): void {
  const { key } = change.member
  if (change.after === 'ready') forwarder.reopen(key)
  else if (change.after === 'gone') forwarder.remove(key)
  // Idle connections of ours would keep a well-behaved process alive until it is killed.
  else forwarder.closeIdle(key)
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

async function openEntrypoints(
  settings: Settings,
  log: Logger,
  stack: AsyncDisposableStack,
  handlerOf: (name: string) => Handler,
): Promise<Entrypoint[]> {
  const accessLog = settings.accessLog ? writeAccessLine : undefined
  const entrypoints: Entrypoint[] = []
  for (const [name, { host, port, forwardedHeaders }] of settings.entryPoints) {
    const entrypoint = await openEntrypoint({
      name,
      host,
      port,
      trust: forwardedHeaders,
      limits: settings.limits,
      accessLog,
      handler: () => handlerOf(name),
      onError: (err, exchange) =>
        log.error({ err, entrypoint: name, path: exchange?.head.path }, 'a request failed inside Muster'),
    })
    entrypoints.push(stack.use(entrypoint))
    log.info({ entrypoint: name, port: entrypoint.port }, 'listening')
  }
  return entrypoints
}

function writeAccessLine(line: AccessLine): void {
  process.stdout.write(`${commonLogLine(line)}\n`)
}

function entryPointNames({ entryPoints }: Settings): { entryPoints: string[]; defaultEntryPoints: string[] } {
  const all = [...entryPoints]
  const marked = all.filter(([, { asDefault }]) => asDefault)
  const byDefault = marked.length > 0 ? marked : all.filter(([name]) => name !== internalEntryPoint)
  return { entryPoints: all.map(([name]) => name), defaultEntryPoints: byDefault.map(([name]) => name) }
}

function internalPages({ api, ping }: Settings): Parameters<typeof internalDeclaration>[0] {
  const apiEntryPoint = api.insecure ? internalEntryPoint : undefined
  return { apiEntryPoint, pingEntryPoint: ping?.entryPoint ?? apiEntryPoint }
}
