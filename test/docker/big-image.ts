// An image as large as you like, as `docker load` takes it, made as it is read.
import { createHash } from 'node:crypto'

const block = Buffer.alloc(64 * 1024)
const headerBytes = 512

/** One layer with one file of so many zeros, a multiple of 64 KiB. */
export function* bigImage(name: string, bytes: number): Generator<Buffer> {
  const sum = createHash('sha256')
  let layerBytes = 0
  for (const chunk of layer(bytes)) {
    sum.update(chunk)
    layerBytes += chunk.length
  }
  const rootfs = { type: 'layers', diff_ids: [`sha256:${sum.digest('hex')}`] }
  yield* text('config.json', { architecture: 'amd64', os: 'linux', config: {}, rootfs })
  yield* text('manifest.json', [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }])
  yield header('layer.tar', layerBytes)
  yield* layer(bytes)
  yield end
}

const end = Buffer.alloc(2 * headerBytes)

function* layer(bytes: number): Generator<Buffer> {
  yield header('zeros', bytes)
  for (let left = bytes; left > 0; left -= block.length) yield block
  yield end
}

function* text(name: string, value: unknown): Generator<Buffer> {
  const content = Buffer.from(JSON.stringify(value))
  yield header(name, content.length)
  yield content
  yield Buffer.alloc(-content.length & (headerBytes - 1))
}

/** Of a file in a tar. */
function header(name: string, bytes: number): Buffer {
  const bare = Buffer.alloc(headerBytes)
  bare.write(name, 0)
  bare.write('0000644\0', 100)
  bare.write('0000000\0', 108)
  bare.write('0000000\0', 116)
  bare.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  bare.write('00000000000\0', 136)
  // The sum is taken as if its own place held spaces.
  bare.write('        ', 148)
  bare.write('0', 156)
  bare.write('ustar\x0000', 257)
  const sum = bare.reduce((total, byte) => total + byte, 0)
  bare.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bare
}
