// The chunked coding (RFC 9112 section 7.1), read byte by byte where it is framing and in pieces where it is data.
import type { BodySink, ResponseBody } from './body.ts'
import { parseFieldLines } from './response-head.ts'

/** What has to come next. */
type Expecting = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailers'

const CR = 0x0d
const LF = 0x0a
const semicolon = 0x3b

/** 13 hexadecimal digits: the largest size that stays an exact number. */
const sizeDigitsMax = 13
/** Of one body, all chunks together: extensions are framing, an endless one is an attack. */
const extensionBytesMax = 16 * 1024
/** RFC 9112 section 7.1.1 without its optional blanks, which Node refuses: what one reader skips may end a line for another. */
const extensions =
  /^(?:;[\w!#$%&'*+.^`|~-]+(?:=(?:[\w!#$%&'*+.^`|~-]+|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\["\\])*"))?)+$/
const trailerBytesMax = 16 * 1024
const trailerFieldsMax = 100

export class ChunkedBody implements ResponseBody {
  done = false
  malformed: string | undefined
  readonly trailers: string[] = []
  #expecting: Expecting = 'size'
  #size = 0
  #digits = 0
  #extensionBytes = 0
  #extensionText = ''
  #trailerText = ''

  take(bytes: Buffer, sink: BodySink): number {
    let at = 0
    while (at < bytes.length && !this.done && this.malformed === undefined) {
      if (this.#expecting === 'data') at = this.#takeData(bytes, at, sink)
      else if (this.#expecting === 'trailers') at = this.#takeTrailers(bytes, at)
      else this.#takeFraming(bytes[at++] ?? 0)
    }
    return at
  }

  #takeData(bytes: Buffer, at: number, sink: BodySink): number {
    const end = Math.min(bytes.length, at + this.#size)
    this.#size -= end - at
    if (this.#size === 0) this.#expecting = 'data-cr'
    sink.onPiece(bytes.subarray(at, end), false)
    return end
  }

  #takeFraming(byte: number): void {
    switch (this.#expecting) {
      case 'size':
        this.#takeSize(byte)
        break
      case 'extension':
        this.#takeExtension(byte)
        break
      case 'size-lf':
        this.#expect(byte, LF, this.#size === 0 ? 'trailers' : 'data')
        break
      case 'data-cr':
        this.#expect(byte, CR, 'data-lf')
        break
      case 'data-lf':
        this.#digits = 0
        this.#expect(byte, LF, 'size')
        break
      case 'data':
      case 'trailers':
        break
    }
  }

  #takeSize(byte: number): void {
    const digit = hexValue(byte)
    if (digit !== -1 && this.#digits < sizeDigitsMax) {
      this.#size = this.#size * 16 + digit
      this.#digits++
    } else if (this.#digits > 0 && byte === CR) this.#expecting = 'size-lf'
    else if (this.#digits > 0 && byte === semicolon) this.#takeExtension(byte)
    else this.malformed = 'a bad chunk size'
  }

  #takeExtension(byte: number): void {
    this.#expecting = 'extension'
    if (byte !== CR) {
      this.#extensionText += String.fromCharCode(byte)
      if (++this.#extensionBytes > extensionBytesMax) this.malformed = 'chunk extensions without end'
      return
    }
    if (!extensions.test(this.#extensionText)) this.malformed = 'a bad chunk extension'
    this.#extensionText = ''
    this.#expecting = 'size-lf'
  }

  #expect(byte: number, wanted: number, then: Expecting): void {
    if (byte === wanted) this.#expecting = then
    else this.malformed = 'a chunk that does not end where its size says'
  }

  #takeTrailers(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf === -1 ? bytes.length : lf + 1
    this.#trailerText += bytes.toString('latin1', at, end)
    const text = this.#trailerText
    if (text.length > trailerBytesMax) this.malformed = 'trailers without end'
    else if (lf === -1) return end
    else if (!text.endsWith('\r\n')) this.malformed = 'a trailer line that ends without a carriage return'
    else if (text === '\r\n' || text.endsWith('\r\n\r\n')) {
      this.malformed = parseFieldLines(text, 0, this.trailers, trailerFieldsMax)
      this.done = this.malformed === undefined
    }
    return end
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
