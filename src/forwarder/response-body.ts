// Finds the end of a member's response body in the bytes that arrive, and hands on what belongs to it.
import type { BodySink, ResponseBody } from './body.ts'
import { ChunkedBody } from './chunked-body.ts'
import type { BodyFraming } from './response-plan.ts'

export function responseBody(framing: BodyFraming): ResponseBody {
  if (framing.kind === 'length') return new LengthBody(framing.bytes)
  if (framing.kind === 'chunked') return new ChunkedBody()
  return framing.kind === 'none' ? noBody : untilClose
}

const noTrailers: readonly string[] = []

const noBody: ResponseBody = { done: true, malformed: undefined, trailers: noTrailers, take: () => 0 }

/** Whoever reads the connection knows when it is done. */
const untilClose: ResponseBody = {
  done: false,
  malformed: undefined,
  trailers: noTrailers,
  take(bytes, sink) {
    if (bytes.length > 0) sink.onPiece(bytes, false)
    return bytes.length
  },
}

class LengthBody implements ResponseBody {
  readonly malformed = undefined
  readonly trailers = noTrailers
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  get done(): boolean {
    return this.#left === 0
  }

  take(bytes: Buffer, sink: BodySink): number {
    const piece = bytes.length <= this.#left ? bytes : bytes.subarray(0, this.#left)
    if (piece.length === 0) return 0
    this.#left -= piece.length
    sink.onPiece(piece, this.#left === 0)
    return piece.length
  }
}
