// What was imported as a document of the file provider.
import { YAMLMap, YAMLSeq } from 'yaml'
import type { Node } from 'yaml'
import type { Imported, MemberPiece, Piece, ServicePiece } from './piece.ts'
import { addPair, commentText, nodeOf, yamlText } from './write-yaml.ts'
import type { Comment } from './write-yaml.ts'

export function writeFile({ routers, services, middlewares }: Imported, heading: string, comment: Comment): string {
  const http = new YAMLMap()
  const add = <P extends Piece>(kind: string, pieces: readonly P[], node: (piece: P) => Node): void => {
    const map = new YAMLMap()
    for (const piece of pieces) addPair(map, piece.name, node(piece), commentText(piece.remarks, comment))
    if (pieces.length > 0) addPair(http, kind, map)
  }
  add('routers', routers, ({ fields }) => nodeOf(fields))
  add('middlewares', middlewares, ({ fields }) => nodeOf(fields))
  add('services', services, (piece) => serviceNode(piece, comment))
  const root = new YAMLMap()
  addPair(root, 'http', http)
  return yamlText(root, heading)
}

function serviceNode({ fields, members }: ServicePiece, comment: Comment): Node {
  const balancer = new YAMLMap()
  for (const [name, value] of fields) addPair(balancer, name, nodeOf(value))
  const servers = new YAMLSeq()
  for (const member of members) servers.items.push(serverNode(member, comment))
  addPair(balancer, 'servers', servers)
  const service = new YAMLMap()
  addPair(service, 'loadBalancer', balancer)
  return service
}

function serverNode({ url, fields, remarks }: MemberPiece, comment: Comment): Node {
  const node = nodeOf(new Map([['url', url], ...fields]))
  const text = commentText(remarks, comment)
  if (text !== undefined) node.commentBefore = text
  return node
}
