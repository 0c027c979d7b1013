// A compose project, reduced to what routing depends on.
import type { ComposeProblem, Position, Substitution } from './tree.ts'

export interface ComposeProject {
  readonly name: string
  /** Relative paths in its files start here. */
  readonly directory: string
  readonly files: readonly string[]
  /** In the order they are written; without those whose profile is not asked for. */
  readonly services: readonly ComposeService[]
  /** Those that services name, `default` included. */
  readonly networks: ReadonlyMap<string, ComposeNetwork>
  readonly problems: readonly ComposeProblem[]
}

export interface ComposeService {
  readonly name: string
  readonly position: Position
  readonly image: string | undefined
  readonly labels: readonly ComposeLabel[]
  /** Of a swarm service; the docker provider does not see them. */
  readonly deployLabels: readonly ComposeLabel[]
  /** Keys of the project's networks; empty with a network mode of its own. */
  readonly networks: readonly string[]
  /** `host`, `none`, `bridge`, `service:x`, `container:x`; undefined: the networks. */
  readonly networkMode: string | undefined
  /** Container ports that are published. */
  readonly ports: readonly ComposePort[]
  readonly expose: readonly ComposePort[]
  readonly containerName: string | undefined
  readonly replicas: number
  readonly profiles: readonly string[]
  /** Words of the command line; undefined when the image's is used. */
  readonly command: readonly ComposeWord[] | undefined
  readonly environment: ReadonlyMap<string, string>
  /** Files and directories of the host, by the path inside. */
  readonly mounts: ReadonlyMap<string, string>
}

export interface ComposeLabel {
  readonly key: string
  readonly value: string
  readonly keyPosition: Position
  /** Of the value. */
  readonly position: Position
  /** Variables in the key or the value. */
  readonly substitutions: readonly Substitution[]
}

export interface ComposeWord {
  readonly text: string
  /** Of the whole command when it is one text. */
  readonly position: Position
}

export interface ComposePort {
  readonly port: number
  readonly protocol: string
  /** Where it is published; empty texts: at any address, at a port the engine chooses. Undefined: it is not. */
  readonly host: { readonly ip: string; readonly port: string } | undefined
}

export interface ComposeNetwork {
  /** What the engine calls it. */
  readonly name: string
  readonly external: boolean
}
