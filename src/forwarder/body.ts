// What reads a member's response body, and who takes it.

export interface BodySink {
  /** `last`: the body is complete with this piece, and nothing can follow it. */
  onPiece(piece: Buffer, last: boolean): void
}

export interface ResponseBody {
  /** True once the body is complete. */
  readonly done: boolean
  /** What is wrong with it; from then on nothing more is taken. */
  readonly malformed: string | undefined
  /** Trailer fields, names and values in turn, once `done`. */
  readonly trailers: readonly string[]
  /** Hands the body's part of `bytes` to `sink`; returns how many bytes it took. */
  take(bytes: Buffer, sink: BodySink): number
}
