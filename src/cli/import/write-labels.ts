// What was imported as labels of a compose file: one compose service per balancer, or one per kind of member where members
// have parameters of their own.
import { Alias, YAMLMap } from 'yaml'
import type { Fields, Imported, MemberPiece, Piece, ServicePiece, Value } from './piece.ts'
import type { Remark } from './remark.ts'
import { addPair, commentText, nodeOf, yamlText } from './write-yaml.ts'
import type { Comment } from './write-yaml.ts'

type Label = readonly [key: string, value: string]

interface Labelled {
  readonly labels: readonly Label[]
  readonly remarks: readonly Remark[]
  /** Names that a label cannot hold. */
  readonly left: readonly string[]
}

export function writeLabels(imported: Imported, heading: string, comment: Comment): string {
  const root = new YAMLMap()
  const composed = new YAMLMap()
  const taken = new Set<string>()
  for (const service of imported.services) {
    const pieces = [service, ...piecesOf(service, imported)]
    const shared = sharedLabels(pieces, comment)
    const kinds = kindsOf(service)
    const anchor = `x-${service.name}`
    if (kinds.length > 1) {
      shared.anchor = service.name
      addPair(root, anchor, shared)
    }
    for (const [index, members] of kinds.entries()) {
      const name = unique(kinds.length > 1 ? memberName(service, members, index) : service.name, taken)
      const own = kinds.length > 1 ? new YAMLMap() : shared
      if (kinds.length > 1) addPair(own, '<<', new Alias(service.name))
      for (const [key, value] of memberLabels(service, members)) addPair(own, key, nodeOf(value))
      addPair(composed, name, containerNode(members, own), whoTheyWere(members, comment))
    }
  }
  addPair(root, 'services', composed)
  return yamlText(root, heading)
}

/** The routers that lead to the service, and their middlewares. */
function piecesOf({ name }: ServicePiece, { routers, middlewares }: Imported): readonly Piece[] {
  const own = routers.filter(({ service }) => service === name)
  const used = new Set(own.flatMap(({ fields }) => (fields.get('middlewares') ?? []) as readonly string[]))
  return [...own, ...middlewares.filter((middleware) => used.has(middleware.name))]
}

function sharedLabels(pieces: readonly Piece[], comment: Comment): YAMLMap {
  const labels = new YAMLMap()
  addPair(labels, 'muster.enable', nodeOf('true'))
  for (const piece of pieces) {
    const labelled = labelsOf(piece)
    const remarks = commentText(labelled.remarks, comment)
    const left = labelled.left.map(
      (text) => ` ${text}: a label cannot hold a name with ".", "[" or "]"; write it in a file`,
    )
    const [first, ...rest] = labelled.labels
    const said = [...(remarks === undefined ? [] : [remarks]), ...left].join('\n')
    if (first !== undefined) addPair(labels, first[0], nodeOf(first[1]), said === '' ? undefined : said)
    for (const [key, value] of rest) addPair(labels, key, nodeOf(value))
  }
  return labels
}

function labelsOf(piece: Piece): Labelled {
  const kind = 'members' in piece ? 'services' : 'service' in piece ? 'routers' : 'middlewares'
  const place = `muster.http.${kind}.${piece.name}${kind === 'services' ? '.loadBalancer' : ''}`
  const left: string[] = []
  return { labels: flatten(place, piece.fields, left), remarks: piece.remarks, left }
}

function flatten(place: string, fields: Fields, left: string[]): readonly Label[] {
  return [...fields].flatMap(([key, value]): readonly Label[] => {
    // Names of domains are the rest of the label; any other dot would begin a new name.
    const isName = /^[^.[\]]+$/.test(key) || place.endsWith('.cookieDomain')
    if (!isName) {
      left.push(`${place}.${key}=${textOf(value)}`)
      return []
    }
    if (value instanceof Map) return flatten(`${place}.${key}`, value as Fields, left)
    return [[`${place}.${key}`, textOf(value)]]
  })
}

/** Compose takes `$` for a variable; `${NAME}` is one, for whoever has to fill it in. */
function textOf(value: Value): string {
  const items = Array.isArray(value) ? (value as readonly string[]) : [value as string]
  const text = items.map(String).join(',')
  return text.replaceAll(/\$(?!\{[A-Za-z_]\w*\})/g, '$$$$')
}

/** Members with the same labels are replicas. */
function kindsOf(service: ServicePiece): readonly (readonly MemberPiece[])[] {
  const kinds = Map.groupBy(service.members, (member) => JSON.stringify(memberLabels(service, [member])))
  return kinds.size === 0 ? [[]] : [...kinds.values()]
}

function memberLabels({ name }: ServicePiece, [member]: readonly MemberPiece[]): readonly Label[] {
  if (member === undefined) return []
  const place = `muster.http.services.${name}.loadBalancer.server`
  const { port, scheme, fields } = member
  return [
    ...(port === undefined ? [] : [[`${place}.port`, String(port)] as const]),
    ...(scheme === undefined || scheme === 'http' ? [] : [[`${place}.scheme`, scheme] as const]),
    ...flatten(place, fields, []),
  ]
}

/** The container's own name where the URL has one. */
function memberName({ name }: ServicePiece, [member]: readonly MemberPiece[], index: number): string {
  const [, host] = /^https?:\/\/([A-Za-z][\w-]*)(?::\d+)?$/.exec(member?.url ?? '') ?? []
  return host === undefined || host === 'localhost' ? `${name}-${index + 1}` : host
}

function whoTheyWere(members: readonly MemberPiece[], comment: Comment): string | undefined {
  const remarks = members.flatMap(({ url, line, remarks: own }): readonly Remark[] => [
    { line, severity: 'note', text: `was ${url}` },
    ...own,
  ])
  return commentText(remarks, comment)
}

function containerNode(members: readonly MemberPiece[], labels: YAMLMap): YAMLMap {
  const node = new YAMLMap()
  addPair(node, 'image', nodeOf('FILL-IN'))
  if (members.length > 1) addPair(node, 'scale', nodeOf(members.length))
  addPair(node, 'labels', labels)
  return node
}

function unique(wish: string, taken: Set<string>): string {
  let name = wish
  for (let number = 2; taken.has(name); number++) name = `${wish}-${number}`
  taken.add(name)
  return name
}
