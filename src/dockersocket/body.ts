// One body on its way, byte for byte: only its end is looked for, so that what follows is known to be another message.
import { CutError, send } from './byte-source.ts'
import type { ByteSource } from './byte-source.ts'
import type { Socket } from 'node:net'
import { ChunkScanner } from './chunk-scanner.ts'
import type { Framing } from './message-head.ts'

/** Gives the pieces of a body; throws a CutError when it ends too early, a ChunkError when its chunks cannot be read. */
export async function* bodyOf(source: ByteSource, framing: Framing): AsyncGenerator<Buffer> {
  if (framing === 'none') return
  const scan = scannerOf(framing)
  for (;;) {
    const chunk = await source.read()
    if (chunk === undefined) {
      if (framing === 'until-close') return
      throw new CutError('the body ended too early')
    }
    const { taken, done } = scan(chunk)
    source.unread(chunk.subarray(taken))
    yield chunk.subarray(0, taken)
    if (done) return
  }
}

export async function relayBody(source: ByteSource, to: Socket, framing: Framing): Promise<void> {
  for await (const chunk of bodyOf(source, framing)) await send(to, chunk)
}

type Scan = (chunk: Buffer) => { readonly taken: number; readonly done: boolean }

function scannerOf(framing: Exclude<Framing, 'none'>): Scan {
  if (framing === 'until-close') return (chunk) => ({ taken: chunk.length, done: false })
  if (framing === 'chunked') {
    const scanner = new ChunkScanner()
    return (chunk) => scanner.scan(chunk)
  }
  let left = framing.length
  return (chunk) => {
    const taken = Math.min(left, chunk.length)
    left -= taken
    return { taken, done: left === 0 }
  }
}
