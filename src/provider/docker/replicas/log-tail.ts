// The last lines a container wrote, as the engine hands them out: in frames, unless it has a terminal.
import { stripVTControlCharacters } from 'node:util'

const frameHead = 8
/** Characters of a line. */
const lineMax = 300

export function readLogTail(bytes: Buffer, linesMax: number): readonly string[] {
  return unframed(bytes)
    .split(/\r?\n/)
    .map((line) =>
      stripVTControlCharacters(line)
        .replace(/\p{Cc}/gu, ' ')
        .trimEnd()
        .slice(0, lineMax),
    )
    .filter((line) => line !== '')
    .slice(-linesMax)
}

/** A frame is a byte for the stream, three zeros, four for the length, and that many of text. */
function unframed(bytes: Buffer): string {
  const pieces: Buffer[] = []
  let at = 0
  while (at + frameHead <= bytes.length) {
    const [stream = 0, ...zeros] = bytes.subarray(at, at + 4)
    if (stream > 2 || zeros.some((zero) => zero !== 0)) return bytes.toString('utf8')
    const end = at + frameHead + bytes.readUInt32BE(at + 4)
    pieces.push(bytes.subarray(at + frameHead, end))
    at = end
  }
  return pieces.length === 0 ? bytes.toString('utf8') : Buffer.concat(pieces).toString('utf8')
}
