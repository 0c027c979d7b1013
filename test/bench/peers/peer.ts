// What the benchmark asks of a proxy, and what it tells it. One file a peer implements this.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SetupError } from '../../../compose/setup/run.ts'
import type { Launch } from '../program.ts'

/**
 * relay: every request to one of the two backends in turn. websocket: the same for WebSocket handshakes.
 * pipeline: requests of the host `host` below `prefix`, without that prefix, sticky by a cookie, with metrics.
 */
export type Duty = 'relay' | 'websocket' | 'pipeline'

export const host = 'bench.example.com'
export const prefix = '/api'

export interface Task {
  readonly duty: Duty
  /** On 127.0.0.1, as all ports here. */
  readonly port: number
  readonly backends: readonly [number, number]
  /** Empty, and only this proxy's. */
  readonly directory: string
  /** What the proxy may use; undefined: what it uses when nobody says anything. */
  readonly threads: number | undefined
  /** In the pipeline, how many routers there are: the first is `host`, the others `0.<host>`, `1.<host>` and so on. */
  readonly routers: number
  /** A Docker engine to follow besides; Muster only. */
  readonly engine: string | undefined
}

export interface Peer {
  readonly name: string
  /** Debian's package of it; undefined when there is none to install. */
  readonly debian: string | undefined
  /** Writes the configuration and says how to start. Throws a SetupError when this machine or this proxy cannot. */
  prepare(task: Task): Promise<Launch>
  /** How to ask the program its version. */
  readonly version: () => { readonly command: string; readonly args: readonly string[] }
}

/** The full path of a program; system directories are looked at too, which a user's PATH may lack. */
export function programPath(name: string): string {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  for (const directory of directories) {
    const path = join(directory, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this one.
    }
  }
  throw new SetupError(`there is no program "${name}" on this machine`)
}

export function isInstalled(program: string): boolean {
  try {
    return programPath(program) !== ''
  } catch {
    return false
  }
}
