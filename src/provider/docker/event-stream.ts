// The engine's event stream: bytes → batches of events. One JSON object per line, for as long as the engine lives.
import type { EngineEvent } from './engine-event.ts'
import { readEvent } from './engine-event.ts'
import { engineFailure } from './engine-failure.ts'

/** An event repeats all labels of its container; more than this is not an event. Characters. */
const lineMax = 1 << 20

/**
 * What arrived in one chunk is one batch; a batch may be empty. Never returns: it throws an EngineError `cut` when the
 * stream ends, `unreadable` for a line that is not JSON. After either one only a new list tells the truth.
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  endpoint: string,
): AsyncGenerator<readonly EngineEvent[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > lineMax)
      throw engineFailure('unreadable', endpoint, `an event is longer than ${lineMax} characters`)
    yield lines.flatMap((line) => readLine(line, endpoint))
  }
  throw engineFailure('cut', endpoint, 'the event stream ended')
}

function readLine(line: string, endpoint: string): readonly EngineEvent[] {
  if (line.trim() === '') return []
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch (error) {
    throw engineFailure('unreadable', endpoint, `an event is not JSON: ${JSON.stringify(line.slice(0, 80))}`, error)
  }
  const event = readEvent(json)
  return event === undefined ? [] : [event]
}
