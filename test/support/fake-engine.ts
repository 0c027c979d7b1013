// A Docker engine as far as Muster can tell: an HTTP server on a unix socket, or behind TLS, that answers and behaves as
// Engine 20.10 does. Tests make containers come and go; what the real client does with that is under test.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface FakeContainer {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  /** `80/tcp`, as EXPOSE in the image. */
  readonly exposed?: readonly string[]
  /** Network name → IPv4 address. Default: the next free address on `bridge`. */
  readonly networks?: Readonly<Record<string, string>>
  readonly networkMode?: string
  /** Where its ports are published: `80/tcp` → `127.0.0.1:8080`. */
  readonly published?: Readonly<Record<string, string>>
  /** Present: the image has a HEALTHCHECK. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy'
  readonly stopSignal?: string
  /** Seconds. */
  readonly stopTimeout?: number
  /** Default: the order in which containers were added, one second apart. */
  readonly created?: Date
  /** Default true; false: only created. */
  readonly running?: boolean
}

/** What a replica made by compose has; `number` counts from 1. */
export function composed(
  project: string,
  service: string,
  number: number,
  more: Partial<FakeContainer> = {},
): FakeContainer {
  return {
    name: `${project}-${service}-${number}`,
    ...more,
    labels: {
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      'com.docker.compose.container-number': String(number),
      'com.docker.compose.config-hash': `hash-of-${service}`,
      'com.docker.compose.oneoff': 'False',
      ...more.labels,
    },
  }
}

export interface FakeRequest {
  readonly method: string
  /** Without the version. */
  readonly path: string
  /** `1.44`; undefined: the path named none. */
  readonly version: string | undefined
  readonly authorization: string | undefined
  readonly query: URLSearchParams
}

/** An answer instead of the true one: a status with its message, or `cut`: half an answer and a closed connection. */
export type FakeFault = { readonly status: number; readonly body: string } | 'cut'

interface Entry {
  readonly id: string
  name: string
  readonly spec: FakeContainer
  readonly created: Date
  status: 'created' | 'running' | 'paused' | 'exited'
  health: FakeContainer['health']
  networks: Map<string, string>
}

export interface FakeEngineOptions {
  /** The oldest and the newest minor version of its API; default: those of Engine 20.10. */
  readonly api?: readonly [oldest: number, newest: number]
  /** Present: it speaks TLS on a port of 127.0.0.1. */
  readonly tls?: ServerOptions
}

/** Listens on a unix socket of its own. */
export async function startFakeEngine(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-engine-'))
  const engine = new FakeEngine(directory, options)
  await engine.listen()
  return engine
}

export class FakeEngine {
  /** Every request, in order. */
  readonly requests: FakeRequest[] = []
  /** Awaited before each answer; may make things happen in between, or return a fault to answer with instead. */
  intercept: (request: FakeRequest) => Promise<FakeFault | void> | FakeFault | void = () => undefined
  readonly #directory: string
  readonly #options: FakeEngineOptions
  readonly #entries = new Map<string, Entry>()
  readonly #sockets = new Set<Socket>()
  readonly #subscribers = new Map<ServerResponse, { readonly type: string[]; readonly event: string[] }>()
  #server: Server | undefined
  #addresses = 1
  #clock = Date.parse('2026-01-01T00:00:00Z')
  #port = 0
  #silent = false

  constructor(directory: string, options: FakeEngineOptions = {}) {
    this.#directory = directory
    this.#options = options
  }

  get endpoint(): string {
    return this.#options.tls === undefined ? `unix://${this.socketPath}` : `tcp://127.0.0.1:${this.#port}`
  }

  get socketPath(): string {
    return `${this.#directory}/docker.sock`
  }

  /** Event streams open now. */
  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Connections open now. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Begins to answer; also again after `shutDown`, as an engine that was restarted. */
  async listen(): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response)
    const { tls } = this.#options
    const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    if (tls === undefined) server.listen(this.socketPath)
    else server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    if (tls !== undefined) this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** The engine goes; its containers live on. Nothing answers at the endpoint. */
  async shutDown(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.close()
    this.dropConnections()
    await once(server, 'close')
  }

  /** Cuts every connection, event streams included; new ones are answered. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Resolves when no connection is open any more. */
  async idle(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => once(socket, 'close')))
  }

  /** Puts a container there and, unless `running` is false, starts it. Returns its id. */
  add(spec: FakeContainer): string {
    this.#clock += 1000
    const id = createHash('sha256').update(`${this.#directory} ${this.#entries.size} ${this.#clock}`).digest('hex')
    const networks = new Map(Object.entries(spec.networks ?? { bridge: `172.17.0.${++this.#addresses}` }))
    const created = spec.created ?? new Date(this.#clock)
    this.#entries.set(id, { id, name: spec.name, spec, created, status: 'created', health: spec.health, networks })
    if (spec.running !== false) this.start(id)
    return id
  }

  /** Says that it was created; `add` alone keeps silent about that. */
  announce(id: string): void {
    this.#containerEvent('create', this.#entry(id))
  }

  start(id: string): void {
    const entry = this.#entry(id)
    for (const network of entry.networks.keys()) this.#networkEvent('connect', entry, network)
    entry.status = 'running'
    this.#containerEvent('start', entry)
  }

  /** The sequence of `docker stop` with a process that obeys. */
  stop(id: string): void {
    this.kill(id, 15)
    this.die(id)
    this.#containerEvent('stop', this.#entry(id))
  }

  /** A signal is sent; the container lives on until `die`. */
  kill(id: string, signal: number): void {
    this.#containerEvent('kill', this.#entry(id), { signal: String(signal) })
  }

  /** Its process ends by itself or by a signal. */
  die(id: string, exitCode = 0): void {
    const entry = this.#entry(id)
    entry.status = 'exited'
    this.#containerEvent('die', entry, { exitCode: String(exitCode) })
    for (const network of entry.networks.keys()) this.#networkEvent('disconnect', entry, network)
  }

  /** The container is gone, stopped or not. */
  remove(id: string): void {
    if (this.#entry(id).status === 'running') this.die(id, 137)
    const entry = this.#entry(id)
    this.#entries.delete(id)
    this.#containerEvent('destroy', entry)
  }

  /** Gone without a word, as while the engine was away. */
  forget(id: string): void {
    this.#entries.delete(id)
  }

  /** Whatever it does happens, and no subscriber hears of it. */
  silently(happen: () => void): void {
    this.#silent = true
    happen()
    this.#silent = false
  }

  pause(id: string): void {
    this.#entry(id).status = 'paused'
    this.#containerEvent('pause', this.#entry(id))
  }

  unpause(id: string): void {
    this.#entry(id).status = 'running'
    this.#containerEvent('unpause', this.#entry(id))
  }

  /** The HEALTHCHECK comes to another result. */
  becomes(id: string, health: 'healthy' | 'unhealthy'): void {
    this.#entry(id).health = health
    this.#containerEvent(`health_status: ${health}`, this.#entry(id))
  }

  rename(id: string, name: string): void {
    const entry = this.#entry(id)
    const oldName = `/${entry.name}`
    entry.name = name
    this.#containerEvent('rename', entry, { oldName })
  }

  connect(id: string, network: string, address: string): void {
    this.#entry(id).networks.set(network, address)
    this.#networkEvent('connect', this.#entry(id), network)
  }

  disconnect(id: string, network: string): void {
    this.#entry(id).networks.delete(network)
    // The real one says it twice.
    this.#networkEvent('disconnect', this.#entry(id), network)
    this.#networkEvent('disconnect', this.#entry(id), network)
  }

  /** Sends an event to those who subscribed to its kind. */
  emit(event: { readonly Type: string; readonly Action: string } & Readonly<Record<string, unknown>>): void {
    if (this.#silent) return
    const line = `${JSON.stringify(event)}\n`
    for (const [response, { type, event: actions }] of this.#subscribers) {
      const wanted = type.includes(event.Type) && actions.some((action) => event.Action.startsWith(action))
      if (wanted) response.write(line)
    }
  }

  /** Writes anything into the event streams. */
  write(text: string): void {
    for (const response of this.#subscribers.keys()) response.write(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutDown()
    await rm(this.#directory, { recursive: true })
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new Error(`the fake engine has no container ${id}`)
    return entry
  }

  #containerEvent(Action: string, { id, name, spec }: Entry, more: Readonly<Record<string, string>> = {}): void {
    const Attributes = { ...spec.labels, image: 'fake', name, ...more }
    this.emit({ status: Action, id, from: 'fake', Type: 'container', Action, Actor: { ID: id, Attributes }, ...now() })
  }

  #networkEvent(Action: 'connect' | 'disconnect', { id }: Entry, network: string): void {
    const Actor = { ID: networkId(network), Attributes: { container: id, name: network, type: 'bridge' } }
    this.emit({ Type: 'network', Action, Actor, ...now() })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined)
    const url = new URL(request.url ?? '/', 'http://engine')
    const [, version, path = ''] = /^(?:\/v(1\.\d+))?(\/.*)$/.exec(url.pathname) ?? []
    const { authorization } = request.headers
    const asked = { method: request.method ?? '', path, version, query: url.searchParams, authorization }
    this.requests.push(asked)
    const fault = await this.intercept(asked)
    if (fault === 'cut') {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 })
      response.write('{"Id": "', () => response.destroy())
      return
    }
    const refused = fault ?? this.#refuseVersion(version)
    if (refused !== undefined) {
      response.writeHead(refused.status, { 'Content-Type': 'application/json' }).end(refused.body)
    } else if (asked.method === 'GET' && path === '/events') {
      this.#subscribe(response, asked.query)
    } else {
      const [status, body] = this.#read(asked)
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
    }
  }

  /** In the words of the real one. */
  #refuseVersion(version: string | undefined): { readonly status: number; readonly body: string } | undefined {
    if (version === undefined) return undefined
    const minor = Number(version.slice(2))
    const [oldest, newest] = this.#api
    const bound =
      minor < oldest
        ? `old. Minimum supported API version is 1.${oldest}`
        : `new. Maximum supported API version is 1.${newest}`
    const message = `client version ${version} is too ${bound}`
    return minor < oldest || minor > newest ? { status: 400, body: JSON.stringify({ message }) } : undefined
  }

  get #api(): readonly [oldest: number, newest: number] {
    return this.#options.api ?? [12, 41]
  }

  #subscribe(response: ServerResponse, query: URLSearchParams): void {
    const { type = ['container', 'network'], event = [''] } = JSON.parse(query.get('filters') ?? '{}')
    this.#subscribers.set(response, { type, event })
    response.on('close', () => this.#subscribers.delete(response))
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.flushHeaders()
  }

  #read({ method, path, query }: FakeRequest): [number, unknown] {
    if (method !== 'GET') return [405, { message: 'the fake engine only reads' }]
    if (path === '/version') {
      const [oldest, newest] = this.#api
      return [200, { Version: '20.10.24', ApiVersion: `1.${newest}`, MinAPIVersion: `1.${oldest}`, Os: 'linux' }]
    }
    if (path === '/containers/json') {
      const all = query.get('all') === 'true' || query.get('all') === '1'
      const entries = [...this.#entries.values()].filter(({ status }) => all || status === 'running')
      return [200, entries.map(listJson)]
    }
    const id = /^\/containers\/([^/]+)\/json$/.exec(path)?.[1]
    if (id === undefined) return [404, { message: 'page not found' }]
    const entry = this.#entries.get(id)
    return entry === undefined ? [404, { message: `No such container: ${id}` }] : [200, inspectJson(entry)]
  }
}

function now(): { readonly scope: string; readonly time: number; readonly timeNano: number } {
  return { scope: 'local', time: Math.floor(Date.now() / 1000), timeNano: Date.now() * 1e6 }
}

function networkId(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

/** An item of what `GET /containers/json` gives. */
function listJson({ id, name, spec, created, status, health, networks }: Entry): object {
  const live = status === 'running' || status === 'paused'
  const shownHealth = health === undefined ? '' : ` (${health === 'starting' ? 'health: starting' : health})`
  return {
    Id: id,
    Names: [`/${name}`],
    Image: 'fake',
    Command: '/bin/app',
    Created: created.getTime() / 1000,
    State: status,
    Status: live ? `Up 5 minutes${status === 'paused' ? ' (Paused)' : shownHealth}` : 'Exited (0) 5 minutes ago',
    Ports: live ? portList(spec) : [],
    Labels: { ...spec.labels },
    HostConfig: { NetworkMode: spec.networkMode ?? 'default' },
    NetworkSettings: { Networks: endpoints(networks, live) },
    Mounts: [],
  }
}

function portList({ exposed = [], published = {} }: FakeContainer): readonly object[] {
  return [...new Set([...exposed, ...Object.keys(published)])].map((port) => {
    const [number, Type = 'tcp'] = port.split('/')
    const [, IP, outer] = /^(.*):(\d+)$/.exec(published[port] ?? '') ?? []
    return { PrivatePort: Number(number), Type, ...(IP !== undefined && { IP, PublicPort: Number(outer) }) }
  })
}

function portMap({ exposed = [], published = {} }: FakeContainer): object {
  const bindings = Object.entries(published).map(([port, where]) => {
    const [, HostIp, HostPort] = /^(.*):(\d+)$/.exec(where) ?? []
    return [port, [{ HostIp, HostPort }]]
  })
  return { ...Object.fromEntries(exposed.map((port) => [port, null])), ...Object.fromEntries(bindings) }
}

/** What `GET /containers/{id}/json` gives, without fields that nobody could mistake for one we read. */
function inspectJson({ id, name, spec, created, status, health, networks }: Entry): object {
  const live = status === 'running' || status === 'paused'
  const exposed = spec.exposed ?? []
  return {
    Id: id,
    Created: created.toISOString(),
    Path: '/bin/app',
    State: {
      Status: status,
      Running: live,
      Paused: status === 'paused',
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: live ? 4711 : 0,
      ExitCode: 0,
      StartedAt: status === 'created' ? '0001-01-01T00:00:00Z' : created.toISOString(),
      ...(health !== undefined && status !== 'created' && { Health: { Status: health, FailingStreak: 0, Log: [] } }),
    },
    Name: `/${name}`,
    HostConfig: { NetworkMode: spec.networkMode ?? 'default' },
    Config: {
      Hostname: id.slice(0, 12),
      ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])),
      Env: ['PASSWORD=hunter2'],
      Labels: { ...spec.labels },
      ...(spec.stopSignal !== undefined && { StopSignal: spec.stopSignal }),
      ...(spec.stopTimeout !== undefined && { StopTimeout: spec.stopTimeout }),
    },
    NetworkSettings: {
      Ports: live && spec.networkMode !== 'host' ? portMap(spec) : {},
      Networks: endpoints(networks, live),
    },
  }
}

function endpoints(networks: ReadonlyMap<string, string>, live: boolean): object {
  return Object.fromEntries(
    [...networks].map(([network, address]) => [network, endpoint(network, live ? address : '')]),
  )
}

function endpoint(network: string, address: string): object {
  return {
    NetworkID: networkId(network),
    EndpointID: address === '' ? '' : networkId(address),
    IPAddress: address,
    IPPrefixLen: address === '' ? 0 : 16,
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
  }
}
