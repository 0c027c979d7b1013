// The composition root: the only file that may import every folder. Builds the two stories and joins them.
import { internalDeclaration, internalServiceNames } from './admin/internal-declaration.ts'
import { createInternalServices } from './admin/internal-services.ts'
import { logMemberChange } from './cluster/change-log.ts'
import { Cluster } from './cluster/cluster.ts'
import type { MemberChange } from './cluster/entry.ts'
import { openDockerSocket } from './dockersocket/docker-socket.ts'
import type { DockerSocket } from './dockersocket/docker-socket.ts'
import type { Drain } from './dockersocket/hold.ts'
import { applyEdits } from './edits/apply-edits.ts'
import { openEditStore } from './edits/edit-store.ts'
import type { EditStore } from './edits/edit-store.ts'
import { statePlace } from './edits/state-place.ts'
import { Ledger } from './ledger/ledger.ts'
import type { ContainerEvent } from './model/container-event.ts'
import type { Problem } from './model/problem.ts'
import { openAccessFile } from './observability/access-file.ts'
import type { AccessFile } from './observability/access-file.ts'
import type { Logger } from './observability/logger.ts'
import { checkDeclareOptions } from './provider/docker/check-options.ts'
import { DockerProvider } from './provider/docker/docker-provider.ts'
import { dockerEngine } from './provider/docker/dockerode-engine.ts'
import { engineAddress } from './provider/docker/engine-address.ts'
import { plainEndpoint } from './provider/docker/plain-endpoint.ts'
import { createFileProvider } from './provider/file/file-provider.ts'
import type { Provider } from './provider/provider.ts'
import { eventHappening, Journal, memberHappening, updateHappening } from './reconciler/journal.ts'
import { Reconciler } from './reconciler/reconciler.ts'
import type { Update } from './reconciler/reconciler.ts'
import { createUpdateLog } from './reconciler/update-log.ts'
import { entryPointNames } from './settings/entrypoint-names.ts'
import { SettingsError } from './settings/settings-error.ts'
import { defaultStateFile } from './settings/settings.ts'
import type { Settings } from './settings/settings.ts'
import { emptySnapshot } from './snapshot/empty-snapshot.ts'
import { createLinker } from './snapshot/link.ts'
import { SnapshotStore } from './snapshot/snapshot-store.ts'
import type { DataPlane, DataPlaneReport, Publication } from './threads/data-plane.ts'
import { openPlane } from './threads/open-plane.ts'
import { version } from './version.ts'

/** How long the first snapshot waits for a provider that does not speak. */
const startCeilingMs = 5000
/** A single change is felt at once; a burst of starts costs one update. */
const quietMs = 5

export interface App extends AsyncDisposable {
  /** The port each entrypoint listens on, by name. */
  readonly ports: ReadonlyMap<string, number>
}

/**
 * Opens the entrypoints, then lets the providers speak. Rejects with an EntrypointError when a port cannot be had, with a
 * SettingsError or EngineError for options that show their fault only now.
 * Disposal is graceful: pings answer 503, requests in flight finish within the grace time, what is left is cut.
 */
export async function startApp(settings: Settings, log: Logger): Promise<App> {
  await using stack = new AsyncDisposableStack()
  const stopping = stack.adopt(new AbortController(), (controller) => controller.abort())
  const providers = createProviders(settings, log)
  const ledger = new Ledger(Math.max(settings.threads, 1))
  const store = new SnapshotStore(emptySnapshot)
  const journal = new Journal()
  const troubles = new Map<string, Problem>()
  const edits = stack.use(await openEdits(settings, journal, log))
  const cluster = stack.use(new Cluster(ledger, (change) => onMemberChange(change, { plane, journal, log })))
  const ask = createInternalServices({
    version,
    startDate: new Date().toISOString(),
    settings,
    store,
    cluster,
    edits,
    journal,
    waiting: (service) => ledger.waiting(service),
    declared: () => reconciler.declared,
    troubles: () => [...troubles.values()],
    apply: (cause) => reconciler.applyNow(cause),
    isStopping: () => stopping.signal.aborted,
    measure: () => plane.metrics(),
  })
  const report = await openReport(settings, log, stack, (news) => cluster.hear(news))
  const internalServices = internalServiceNames(settings)
  const plane = stack.use(await openPlane({ settings, ledger, secret: edits.secret, internalServices, ask, report }))
  for (const [entrypoint, port] of plane.ports) log.info({ entrypoint, port }, 'listening')

  const { defaultRuleSyntax } = settings.core
  const reconciler = stack.use(
    new Reconciler({
      providers: providers.map(({ name }) => name),
      startCeilingMs,
      quietMs,
      ceilingMs: settings.throttleMs,
      cluster,
      store,
      link: createLinker({ ...entryPointNames(settings), internalServices, defaultRuleSyntax }),
      overlay: (config) => applyEdits(config, edits.current),
      onUpdate: tellUpdates(plane, journal, log),
      onFailure: (err, snapshot) =>
        log.error({ err, snapshot }, 'linking the configuration failed; the last one stays'),
    }),
  )
  const dockerSocket = stack.use(await openSocket(settings, cluster, log))
  reconciler.accept(internalDeclaration(settings))
  const { signal } = stopping
  for (const provider of providers) runProvider(provider, { reconciler, cluster, journal, troubles, log, signal })
  const started = stack.move()
  return {
    ports: plane.ports,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await plane.stopAccepting()
      await Promise.all([plane.drain(), dockerSocket?.[Symbol.asyncDispose]()])
      await started.disposeAsync()
    },
  }
}

async function openEdits({ api, sticky }: Settings, journal: Journal, log: Logger): Promise<EditStore> {
  const edits = await openEditStore({
    path: await statePlace(api.stateFile, defaultStateFile),
    secret: sticky.secret,
    warn: (fields, message) => log.warn(fields, message),
  })
  edits.listen(({ id, at, what, service, slot, by }) => {
    journal.add(
      { kind: 'edit', what, service, ...(slot === undefined ? {} : { member: slot }), detail: `from ${by}` },
      at,
    )
    log.info({ edit: id, what, service, slot, client: by }, 'edited')
  })
  return edits
}

async function openSocket(settings: Settings, cluster: Cluster, log: Logger): Promise<DockerSocket | undefined> {
  if (settings.dockerSocket === undefined) return undefined
  const { upstream, ...options } = settings.dockerSocket
  const { docker } = settings.providers
  const drain: Drain = async (containerId, _name, signal) =>
    (await cluster.drain(containerId, options.drainTimeoutMs, signal)) ? 'drained' : 'not a member'
  const graceMs = Math.max(...[...settings.entryPoints.values()].map(({ limits }) => limits.graceTimeOutMs))
  const engine = plainEndpoint(upstream === '' ? docker : { endpoint: upstream }, process.env)
  return openDockerSocket({ ...options, upstream: engine, graceMs }, { drain, log })
}

/** Where the data plane's news go. The access log's file outlives it: the last lines are written after its end. */
async function openReport(
  { accessLog }: Settings,
  log: Logger,
  stack: AsyncDisposableStack,
  member: DataPlaneReport['member'],
): Promise<DataPlaneReport> {
  const path = accessLog?.filePath
  const file = path === undefined ? undefined : stack.use(await openAccessLog(path, log))
  // As Traefik: whoever rotates the file says so with this signal, which would otherwise end the process.
  const reopen = (): void => file?.reopen()
  process.on('SIGUSR1', reopen)
  stack.defer(() => void process.off('SIGUSR1', reopen))
  return {
    error: (err, fields, message) => log.error({ ...fields, err }, message),
    notice: (fields, message) => log.warn(fields, message),
    member,
    access: file === undefined ? (line) => void process.stdout.write(`${line}\n`) : (line) => file.write(line),
  }
}

async function openAccessLog(path: string, log: Logger): Promise<AccessFile> {
  try {
    return await openAccessFile({
      path,
      onError: (err) => log.error({ err, path }, 'the access log cannot be written'),
      onLost: (lines) => log.warn({ lines, path }, 'access lines were lost: the disk does not keep up'),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SettingsError('bad-value', `option "--accesslog.filepath": ${reason}`)
  }
}

/** Nothing but the plan: what people are shown of a snapshot is many times as large. */
function publish({ snapshot: { version: number, plan } }: Update, plane: DataPlane<Publication>): Promise<void> {
  return plane.publish({ version: number, plan })
}

/** Told when it holds: a line that says "updated" must be true of every thread. */
function tellUpdates(plane: DataPlane<Publication>, journal: Journal, log: Logger): (update: Update) => Promise<void> {
  const logUpdate = createUpdateLog(log)
  return async (update) => {
    await publish(update, plane)
    logUpdate(update)
    journal.add(updateHappening(update, Date.now()))
  }
}

function onMemberChange(
  change: MemberChange,
  { plane, journal, log }: { plane: DataPlane<Publication>; journal: Journal; log: Logger },
): void {
  const { member, after } = change
  // Idle connections of ours would keep a well-behaved process alive until it is killed.
  plane.order(member.key, after === 'gone' ? 'forget' : member.connections)
  journal.add(memberHappening(change, Date.now()))
  logMemberChange(log, change)
}

function createProviders({ providers: { docker, file } }: Settings, log: Logger): Provider[] {
  const providers: Provider[] = []
  if (docker !== undefined) {
    for (const { severity, option, reason } of checkDeclareOptions(docker)) {
      if (severity === 'error') throw new SettingsError('bad-value', `option "--${option}": ${reason}`)
      log.warn({ option }, reason)
    }
    providers.push(new DockerProvider(dockerEngine(engineAddress(docker, process.env)), docker))
  }
  if (file !== undefined) providers.push(createFileProvider(file))
  return providers
}

/** Who hears what a provider says. */
interface Listeners {
  readonly reconciler: Reconciler
  readonly cluster: Cluster
  readonly journal: Journal
  /** By provider. */
  readonly troubles: Map<string, Problem>
}

function runProvider(
  provider: Provider,
  { reconciler, cluster, journal, troubles, log, signal }: Listeners & { log: Logger; signal: AbortSignal },
): void {
  const report = {
    publish: reconciler.accept.bind(reconciler),
    observe(event: ContainerEvent) {
      journal.add(eventHappening(event), event.at)
      cluster.observe(event)
    },
    trouble(problem: Problem | undefined) {
      if (problem === undefined) troubles.delete(provider.name)
      else troubles.set(provider.name, problem)
    },
    log,
  }
  provider.run(report, signal).catch((err: unknown) => {
    log.error({ err, provider: provider.name }, 'a provider stopped; its last configuration stays')
  })
}
