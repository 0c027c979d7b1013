// What an httpd configuration says of proxying, put in order but still in Apache's terms.
import type { Remark } from '../remark.ts'

export interface Parameter {
  readonly value: string
  readonly line: number
}

/** By name in lower case; what is said last counts. */
export type Parameters = Map<string, Parameter>

export interface MemberDraft {
  readonly url: string
  readonly line: number
  readonly parameters: Parameters
  readonly remarks: Remark[]
}

export interface BalancerDraft {
  /** Of the service: a server that is passed to directly is a balancer of one. */
  readonly name: string
  readonly line: number
  readonly members: MemberDraft[]
  readonly parameters: Parameters
  readonly remarks: Remark[]
}

export interface Pass {
  readonly line: number
  readonly text: string
  /** A path prefix, or a regular expression. */
  readonly path: string
  readonly isRegex: boolean
  /** Undefined: `!`, it is not proxied. */
  readonly target: { readonly balancer: BalancerDraft; readonly path: string } | undefined
  /** In a Location: those come before all others. */
  readonly isLocal: boolean
}

export interface HeaderDraft {
  readonly line: number
  readonly text: string
  readonly of: 'request' | 'response'
  /** In lower case: `set`, `add`, `unset`, … */
  readonly action: string
  readonly name: string
  readonly value: string
  /** `env=BALANCER_ROUTE_CHANGED`, `expr=…`; undefined: always. */
  readonly condition: string | undefined
  /** It holds for this path or balancer only. */
  readonly path: string | undefined
  readonly balancer: BalancerDraft | undefined
}

/** A ProxyPassReverse with its path and target, or a mapping of cookies. */
export interface Mapping {
  readonly line: number
  readonly from: string
  readonly to: string
}

/** A virtual host, or what stands outside of all. */
export interface HostDraft {
  readonly line: number
  /** `*:80`; undefined: outside. */
  readonly address: string | undefined
  readonly names: string[]
  /** By URL, in lower case: `balancer://shop`. */
  readonly balancers: Map<string, BalancerDraft>
  readonly passes: Pass[]
  readonly headers: HeaderDraft[]
  readonly reverses: Mapping[]
  readonly cookiePaths: Mapping[]
  readonly cookieDomains: Mapping[]
  /** Of ProxyHCExpr and ProxyHCTemplate, by name. */
  readonly checks: Map<string, readonly string[]>
  preservesHost: boolean | undefined
  readonly outside: HostDraft | undefined
}

export function hostDraft(line: number, address: string | undefined, outside: HostDraft | undefined): HostDraft {
  return {
    line,
    address,
    names: [],
    balancers: new Map(),
    passes: [],
    headers: [],
    reverses: [],
    cookiePaths: [],
    cookieDomains: [],
    checks: new Map(),
    preservesHost: undefined,
    outside,
  }
}

/** What holds in the host: its own, behind what it inherits. */
export function inherited<T>(host: HostDraft, pick: (host: HostDraft) => readonly T[]): readonly T[] {
  return [...(host.outside === undefined ? [] : pick(host.outside)), ...pick(host)]
}
