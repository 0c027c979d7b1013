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

export class MeasuredResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Of the body, without its framing. */
  bodyBytes = 0
  /** As given to writeHead: names and values in turn, without what node:http adds. */
  sentFields: readonly string[] = []

  override writeHead(status: number, ...rest: [reason?: string | Headers, headers?: Headers]): this {
    const fields = rest.at(-1)
    if (Array.isArray(fields)) this.sentFields = fields.map(String)
    return super.writeHead(status, ...(rest as [reason: string, headers: Headers]))
  }

  override write(...args: [chunk: unknown, ...unknown[]]): boolean {
    this.#count(args)
    return super.write(...(args as [chunk: unknown, encoding: BufferEncoding]))
  }

  override end(...args: unknown[]): this {
    this.#count(args)
    return super.end(...(args as [chunk: unknown, encoding: BufferEncoding]))
  }

  /** node:http leaves the body of an answer to HEAD out, whatever it is given. */
  #count([chunk, encoding]: readonly unknown[]): void {
    if (this.req.method === 'HEAD') return
    if (chunk instanceof Uint8Array) this.bodyBytes += chunk.length
    else if (typeof chunk === 'string') {
      this.bodyBytes += Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
    }
  }
}
