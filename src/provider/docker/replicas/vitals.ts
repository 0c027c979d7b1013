// How a replica does: whether its process lives, what Docker's health says, and where it could be asked.
import { record, text } from '../json.ts'

export interface ReplicaVitals {
  readonly id: string
  /** The engine's word: `running`, `exited`, `restarting`, … */
  readonly status: string
  readonly exitCode: number
  /** How often the engine started it again by itself. */
  readonly restarts: number
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** What the last probe of its HEALTHCHECK printed. */
  readonly probeSaid: string
  readonly addresses: readonly string[]
  /** TCP only. */
  readonly ports: readonly number[]
  /** From the stop signal to KILL; Infinity: never. */
  readonly stopTimeoutMs: number
}

const stopTimeoutDefaultMs = 10_000

/** Reads `GET /containers/{id}/json`. */
export function readVitals(id: string, json: unknown): ReplicaVitals {
  const { State, RestartCount: restarts, Config, NetworkSettings } = record(json)
  const { Status: status, ExitCode: exitCode, Health } = record(State)
  const { StopTimeout: seconds, ExposedPorts: exposed } = record(Config)
  const { Networks: networks, Ports: published } = record(NetworkSettings)
  const addresses = Object.values(record(networks)).flatMap((network) => {
    const { IPAddress: ipv4, GlobalIPv6Address: ipv6 } = record(network)
    return [text(ipv4), text(ipv6)].filter((address) => address !== '')
  })
  const { Status: health, Log: log } = record(Health)
  const last: unknown = Array.isArray(log) ? log.at(-1) : undefined
  return {
    id,
    status: text(status),
    exitCode: typeof exitCode === 'number' ? exitCode : 0,
    restarts: typeof restarts === 'number' ? restarts : 0,
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
    probeSaid: text(record(last)['Output']),
    addresses,
    ports: tcpPorts(exposed, published),
    stopTimeoutMs: typeof seconds !== 'number' ? stopTimeoutDefaultMs : seconds < 0 ? Infinity : seconds * 1000,
  }
}

function tcpPorts(...sources: readonly unknown[]): readonly number[] {
  const keys = new Set(sources.flatMap((source) => Object.keys(record(source))))
  const ports = [...keys].map((key) => /^(\d+)(?:\/tcp)?$/.exec(key)?.[1]).filter((port) => port !== undefined)
  return [...new Set(ports.map(Number))].filter((port) => port > 0 && port < 65_536).sort((a, b) => a - b)
}
