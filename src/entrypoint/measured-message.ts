// Requests and answers that count their bodies' bytes, for JSON access lines and metrics. An entrypoint with neither has
// node:http's own.
import { IncomingMessage, ServerResponse } from 'node:http'
import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'

export class MeasuredRequest extends IncomingMessage {
  /** Of the body, without its framing; as far as it was read. */
  bodyBytes = 0

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk instanceof Uint8Array) this.bodyBytes += chunk.length
    return super.push(chunk, encoding)
  }
}

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[]
type Sent = (error?: Error | null) => void

// Every parameter is named and handed on: arrays of arguments would cost more than the counting.
export class MeasuredResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Of the body, without its framing. */
  bodyBytes = 0
  /** As given to writeHead: names and values in turn, without what node:http adds. */
  sentFields: readonly OutgoingHttpHeader[] = noFields

  override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
    const fields = headers ?? reason
    if (Array.isArray(fields)) this.sentFields = fields
    return super.writeHead(status, reason as string, headers)
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Sent, sent?: Sent): boolean {
    this.#count(chunk, encoding)
    return super.write(chunk, encoding as BufferEncoding, sent)
  }

  override end(chunk?: unknown, encoding?: BufferEncoding | Sent, sent?: Sent): this {
    this.#count(chunk, encoding)
    return super.end(chunk, encoding as BufferEncoding, sent as () => void)
  }

  /** node:http leaves the body of an answer to HEAD out, whatever it is given. */
  #count(chunk: unknown, encoding: unknown): void {
    if (chunk === undefined || chunk === null || this.req.method === 'HEAD') return
    if (chunk instanceof Uint8Array) this.bodyBytes += chunk.length
    else if (typeof chunk === 'string') {
      const bytes = encoding === 'latin1' ? chunk.length : Buffer.byteLength(chunk, encodingOf(encoding))
      this.bodyBytes += bytes
    }
  }
}

const noFields: readonly OutgoingHttpHeader[] = []

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'
}
