// A reader of server-sent events, as a browser's: one connection, the answer's head, and its pieces as they come.
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'

export interface EventSource extends Disposable {
  readonly status: number
  readonly response: IncomingMessage
  /** Resolves with the next message, its end taken off; rejects when the stream ended before it was whole. */
  next(): Promise<string>
  /** Resolves with what came after the last message, once the stream has ended. */
  rest(): Promise<string>
}

export async function openEvents(
  port: number,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<EventSource> {
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    headers: { accept: 'text/event-stream', ...fields },
    agent: false,
  })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  // A stream that is cut is told by next().
  sent.on('error', () => undefined)
  response.setEncoding('utf8')
  const pieces: AsyncIterator<string> = response[Symbol.asyncIterator]()
  let text = ''
  return {
    status: response.statusCode ?? 0,
    response,
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end !== -1) {
          const message = text.slice(0, end)
          text = text.slice(end + 2)
          return message
        }
        const { done, value } = await pieces.next()
        if (done === true) throw new Error('the stream ended')
        text += value
      }
    },
    async rest() {
      for (;;) {
        const { done, value } = await pieces.next()
        if (done === true) return text
        text += value
      }
    },
    [Symbol.dispose]: () => sent.destroy(),
  }
}
