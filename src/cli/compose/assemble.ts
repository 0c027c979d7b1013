// A compose project → what Muster would make of it: the provider's and the linker's own code, run on containers as they
// would be.
import type { MiddlewareConfig } from '../../model/dynamic-config.ts'
import type { ServiceConfig } from '../../model/service-config.ts'
import { merge } from '../../model/merge.ts'
import type { DynamicConfig } from '../../model/merge.ts'
import { qualify } from '../../model/qualified-name.ts'
import type { QualifiedName } from '../../model/qualified-name.ts'
import type { Container } from '../../provider/docker/container.ts'
import { createDeclarer } from '../../provider/docker/declare.ts'
import { entryPointNames } from '../../settings/entrypoint-names.ts'
import type { EntryPointNames } from '../../settings/entrypoint-names.ts'
import { parseFlags } from '../../settings/flags.ts'
import type { DockerSettings, Settings } from '../../settings/settings.ts'
import { createLinker } from '../../snapshot/link.ts'
import type { LinkContext } from '../../snapshot/link.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { containersOf } from './containers.ts'
import type { ComposeProject } from './project.ts'
import { findProxy } from './proxy-service.ts'
import type { ProxyService } from './proxy-service.ts'

export interface Assembly {
  readonly project: ComposeProject
  readonly containers: readonly Container[]
  /** Undefined: the proxy is no service of these files. */
  readonly proxy: ProxyService | undefined
  readonly config: DynamicConfig
  readonly snapshot: Snapshot
  /** Services and middlewares that are in the configuration only because something may refer to them. */
  readonly strangers: ReadonlySet<string>
  /** Nothing that could be referred to is out of sight. */
  readonly complete: boolean
}

/** What is there besides the project, when it is known. */
export interface KnownAround {
  readonly entryPoints: EntryPointNames
  /** Qualified names. */
  readonly services: readonly string[]
  readonly middlewares: readonly string[]
}

/** Of an image that EXPOSEs what the files do not tell, so that all the rest can be looked at. Nobody's real port. */
export const unknownPort = 0

const internalServices = ['api', 'dashboard', 'ping', 'prometheus', 'rest', 'noop', 'acme-http'].map((name) =>
  qualify(name, 'internal'),
)

/** @param readFile for configuration files that are mounted into the proxy */
export async function assemble(
  project: ComposeProject,
  readFile: (path: string) => string | undefined,
  around?: KnownAround,
): Promise<Assembly> {
  const proxy = await findProxy(project, readFile)
  const settings = proxy?.settings
  const containers = containersOf(project).map((container) =>
    container.ports.length > 0 ? container : { ...container, ports: [unknownPort] },
  )
  const own = containers.find(({ compose }) => compose?.service === proxy?.service.name)
  const declare = createDeclarer(settings?.providers.docker ?? dockerDefaults())
  const declared = declare(settings === undefined ? containers.filter(hasLabels) : containers, {
    ownId: own?.id,
    ownProject: own === undefined ? undefined : project.name,
    ownNetworks: [...(own?.networks.keys() ?? [])],
    hostName: undefined,
  })
  const alone = merge([{ ...declared, cause }])
  const { config, strangers } = withStrangers(alone, around ?? referredTo(alone, settings))
  const snapshot = createLinker(linkContext(config, settings, around))(config, 1)
  const complete = proxy !== undefined || around !== undefined
  return { project, containers, proxy, config, snapshot, strangers, complete }
}

const cause = { what: 'compose', at: 0 }

/** Where nothing is known of the proxy, a service without a label of ours is none of its business. */
function hasLabels({ labels }: Container): boolean {
  return Object.keys(labels).some((label) => /^(?:traefik|muster)\./i.test(label))
}

function dockerDefaults(): DockerSettings {
  const { docker } = parseFlags(['--providers.docker']).providers
  if (docker === undefined) throw new Error('the docker provider has no defaults')
  return docker
}

/** What other providers declare is not in compose files: what is referred to there is taken to be there. */
function referredTo(
  { routers, middlewares }: DynamicConfig,
  settings: Settings | undefined,
): Pick<KnownAround, 'services' | 'middlewares'> {
  const shared = [...(settings?.entryPoints.values() ?? [])].flatMap((entryPoint) => entryPoint.middlewares)
  const chained = [...middlewares.values()].flatMap((config) => (config.kind === 'chain' ? config.middlewares : []))
  const isForeign = (reference: string): boolean => !/@(?:docker|internal)$/.test(reference)
  return {
    services: [...routers.values()].map(({ service }) => service).filter(isForeign),
    middlewares: [
      ...[...routers.values()].flatMap((router) => router.middlewares),
      ...chained,
      ...shared.filter((reference) => reference.includes('@')),
    ].filter(isForeign),
  }
}

function withStrangers(
  config: DynamicConfig,
  known: Pick<KnownAround, 'services' | 'middlewares'>,
): Pick<Assembly, 'config' | 'strangers'> {
  const services = (known.services as QualifiedName[]).filter((name) => !config.services.has(name))
  const middlewares = (known.middlewares as QualifiedName[]).filter((name) => !config.middlewares.has(name))
  const service: ServiceConfig = { members: [], passHostHeader: true, stickyCookie: undefined }
  const middleware: MiddlewareConfig = { kind: 'contentType', autoDetect: undefined }
  return {
    config: {
      ...config,
      services: new Map([...config.services, ...services.map((name) => [name, service] as const)]),
      middlewares: new Map([...config.middlewares, ...middlewares.map((name) => [name, middleware] as const)]),
    },
    strangers: new Set([...services, ...middlewares]),
  }
}

function linkContext(
  config: DynamicConfig,
  settings: Settings | undefined,
  around: KnownAround | undefined,
): LinkContext {
  const ofSettings = settings === undefined ? namedEntryPoints(config) : entryPointNames(settings)
  const defaultRuleSyntax = settings?.core.defaultRuleSyntax ?? 'v3'
  return { ...(around?.entryPoints ?? ofSettings), internalServices, defaultRuleSyntax }
}

/** Where entrypoints are not known, those that routers name are taken to be there. */
function namedEntryPoints({ routers }: DynamicConfig): EntryPointNames {
  const named = [...routers.values()].flatMap(({ entryPoints }) => entryPoints ?? [])
  const options = { middlewares: [], tls: false, observability: undefined }
  return { entryPoints: new Map(['http', ...named].map((name) => [name, options])), defaultEntryPoints: ['http'] }
}
