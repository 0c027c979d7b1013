// One service of a compose file, out of its tree.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { keyValues } from './key-values.ts'
import type { ComposeLabel, ComposePort, ComposeService, ComposeWord } from './project.ts'
import { child, itemsOf, textAt, textsAt } from './tree.ts'
import type { ComposeNode, MappingEntry, ReportProblem } from './tree.ts'

/** Far above what anybody starts by one compose file. */
const replicasMax = 1000
/** A range like `8000-8100`. */
const rangeMax = 1000

/** @param directory relative paths start there */
export function readService(
  name: string,
  { keyPosition, value }: MappingEntry,
  { directory, report }: { readonly directory: string; readonly report: ReportProblem },
): ComposeService {
  const networkMode = textAt(value, 'network_mode')
  const networks = child(value, 'networks')
  const names = networks?.kind === 'mapping' ? [...networks.entries.keys()] : textsAt(networks)
  return {
    name,
    position: keyPosition,
    image: textAt(value, 'image'),
    labels: readLabels(child(value, 'labels'), report),
    deployLabels: readLabels(child(value, 'deploy', 'labels'), report),
    networks: networkMode === undefined ? (names.length > 0 ? names : ['default']) : [],
    networkMode,
    ports: itemsOf(child(value, 'ports')).flatMap(readPublished),
    expose: textsAt(value, 'expose').flatMap(readPort),
    containerName: textAt(value, 'container_name'),
    replicas: readReplicas(value),
    profiles: textsAt(value, 'profiles'),
    command: readCommand(child(value, 'command')),
    environment: new Map(
      [...keyValues(child(value, 'environment'))].map(([key, entry]) => [key, textAt(entry.value) ?? '']),
    ),
    mounts: new Map(itemsOf(child(value, 'volumes')).flatMap((volume) => readMount(volume, directory))),
  }
}

function readLabels(node: ComposeNode | undefined, report: ReportProblem): readonly ComposeLabel[] {
  if (node?.kind === 'scalar' && !node.isNull) {
    const reason = 'labels are a mapping or a list'
    report({ severity: 'error', position: node.position, reason, hint: 'write each as "key: value" on its own line' })
  }
  // In a list, a mapping instead of a text: `- key: value`.
  for (const item of itemsOf(node)) {
    if (item.kind === 'scalar') continue
    const reason = 'a label in a list is one text'
    report({ severity: 'error', position: item.position, reason, hint: 'write "- key=value", or leave out the "-"' })
  }
  return [...keyValues(node)].flatMap(([key, { keyPosition, value }]) => {
    if (value.kind === 'scalar') {
      const { text, position, substitutions } = value
      return { key, value: text, keyPosition, position, substitutions }
    }
    const reason = `the label "${key}" has no text as its value`
    report({ severity: 'error', position: value.position, reason, hint: 'put the value into quotes' })
    return []
  })
}

/** `80`, `8080:80`, `127.0.0.1:8080:80/tcp`, ranges of them, or a mapping with a target. */
function readPublished(node: ComposeNode): readonly ComposePort[] {
  if (node.kind !== 'scalar') {
    const port = `${textAt(node, 'target') ?? ''}/${textAt(node, 'protocol') ?? 'tcp'}`
    const host = { ip: textAt(node, 'host_ip') ?? '', port: textAt(node, 'published') ?? '' }
    return readPort(port).map((found) => ({ ...found, host }))
  }
  const [before, port] = splitLast(node.text)
  const [ip, published] = splitLast(before)
  return readPort(port).map((found) => ({ ...found, host: { ip: ip.replaceAll(/[[\]]/g, ''), port: published } }))
}

/** At the last colon: an IPv6 address has some of its own. */
function splitLast(text: string): readonly [before: string, after: string] {
  const colon = text.lastIndexOf(':')
  return [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)]
}

function readPort(text: string): readonly ComposePort[] {
  const [, first = '', last = first, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text.trim()) ?? []
  const count = Number(last) - Number(first) + 1
  if (first === '' || count < 1 || count > rangeMax) return []
  return Array.from({ length: count }, (_, i) => ({ port: Number(first) + i, protocol, host: undefined }))
}

/** `./host:/inside[:mode]` or a mapping; volumes with a name hold what nobody can see from here. */
function readMount(node: ComposeNode, directory: string): readonly (readonly [string, string])[] {
  const [, short, inside] = /^((?:\.{1,2}(?=\/|:)|~|\/)[^:]*):(\/[^:]*)/.exec(textAt(node) ?? '') ?? []
  const source = short ?? (textAt(node, 'type') === 'bind' ? textAt(node, 'source') : undefined)
  const target = inside ?? textAt(node, 'target')
  if (source === undefined || target === undefined) return []
  return [[target.replace(/\/+$/, ''), resolve(directory, source.replace(/^~(?=\/|$)/, homedir()))]]
}

function readReplicas(service: ComposeNode): number {
  if (textAt(service, 'deploy', 'mode') === 'global') return 1
  const replicas = Number(textAt(service, 'deploy', 'replicas') ?? textAt(service, 'scale') ?? 1)
  return Number.isInteger(replicas) && replicas >= 0 ? Math.min(replicas, replicasMax) : 1
}

/** A text is split as a shell splits it, quotes and backslashes included; nothing is expanded. */
function readCommand(node: ComposeNode | undefined): readonly ComposeWord[] | undefined {
  if (node === undefined || (node.kind === 'scalar' && node.isNull)) return undefined
  if (node.kind === 'sequence') {
    return node.items.flatMap((item) => (item.kind === 'scalar' ? { text: item.text, position: item.position } : []))
  }
  const words = (textAt(node) ?? '').matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/gs)
  return [...words].map(([word]) => ({ text: unquoted(word), position: node.position }))
}

function unquoted(word: string): string {
  return word.replaceAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
    (_, double?: string, single?: string, escaped?: string) =>
      single ?? escaped ?? (double ?? '').replaceAll(/\\(["\\$`])/g, '$1'),
  )
}
