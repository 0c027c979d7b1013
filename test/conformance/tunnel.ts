// WebSocket tunnels through a stage.
import type { RawPeer } from '../support/raw-peer.ts'
import { request } from './stage.ts'
import type { Stage } from './stage.ts'

export const upgrade = request('GET /chat', [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
])

export const switching =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'

export interface Tunnel {
  readonly client: RawPeer
  /** The member's end. */
  readonly upstream: RawPeer
}

/** An open tunnel; the member's connection is its first since it last forgot. */
export async function openTunnel(stage: Stage): Promise<Tunnel> {
  stage.member.answering = () => switching
  const client = await stage.client(upgrade)
  const upstream = await stage.member.peer(0)
  await client.until('\r\n\r\n')
  return { client, upstream }
}
