// An HTTP/1.1 message read by the letter, in a second hand: what Muster writes to either side must pass here. It shares no
// line with the parsers it judges.

export type Field = readonly [name: string, value: string]

export interface Message {
  readonly start: string
  readonly fields: readonly Field[]
  readonly body: string
  readonly trailers: readonly Field[]
  readonly framing: 'none' | 'length' | 'chunked' | 'until-close'
  /** False: it was cut before the end its framing names. */
  readonly complete: boolean
  /** Where the next message begins. */
  readonly end: number
}

export interface NotStrict {
  readonly malformed: string
}

/** `incomplete`: no fault so far, but not a whole head either. */
export type Read = Message | NotStrict | 'incomplete'

const fieldLine =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/
const requestLine = /^[A-Z-]+ (?:\/[\x21-\x7e]*|\*) HTTP\/1\.1$/
const statusLine = /^HTTP\/1\.1 [1-9]\d\d [\t\x20-\x7e\x80-\xff]*$/
const length = /^(?:0|[1-9]\d{0,14})$/

/** The request that begins at `from`. */
export function readRequest(text: string, from = 0): Read {
  const head = readHead(text, from, requestLine)
  if (head === 'incomplete' || 'malformed' in head) return head
  if (valuesOf(head.fields, 'host').length !== 1) return { malformed: 'not exactly one Host' }
  return readBody(text, head, 'none')
}

/** The answer that begins at `from`, to a request with `method`. */
export function readAnswer(text: string, method: string, from = 0): Read {
  const head = readHead(text, from, statusLine)
  if (head === 'incomplete' || 'malformed' in head) return head
  const status = Number(head.start.slice(9, 12))
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  if (bodiless) {
    if (status === 204 && framingFields(head.fields) !== '') return { malformed: 'framing on a 204' }
    return { ...head, body: '', trailers: [], framing: 'none', complete: true }
  }
  return readBody(text, head, 'until-close')
}

export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

type Head = Pick<Message, 'start' | 'fields' | 'end'>

function readHead(text: string, from: number, startLine: RegExp): Head | NotStrict | 'incomplete' {
  const end = text.indexOf('\r\n\r\n', from)
  if (end === -1) return 'incomplete'
  const [start = '', ...lines] = text.slice(from, end).split('\r\n')
  if (!startLine.test(start)) return { malformed: `start line ${JSON.stringify(start)}` }
  const fields = readFields(lines)
  return Array.isArray(fields) ? { start, fields, end: end + 4 } : fields
}

function readFields(lines: readonly string[]): Field[] | NotStrict {
  const fields: Field[] = []
  for (const line of lines) {
    const [, name, value] = fieldLine.exec(line) ?? []
    if (name === undefined || value === undefined) return { malformed: `field line ${JSON.stringify(line)}` }
    fields.push([name, value])
  }
  return fields
}

function framingFields(fields: readonly Field[]): string {
  return [...valuesOf(fields, 'content-length'), ...valuesOf(fields, 'transfer-encoding')].join()
}

function readBody(text: string, head: Head, unframed: 'none' | 'until-close'): Message | NotStrict {
  const lengths = valuesOf(head.fields, 'content-length')
  const codings = valuesOf(head.fields, 'transfer-encoding')
  if (lengths.length + codings.length > 1) return { malformed: `framing twice: ${framingFields(head.fields)}` }
  const [coding] = codings
  if (coding !== undefined) return coding === 'chunked' ? readChunks(text, head) : { malformed: `coding ${coding}` }
  const [bytes] = lengths
  if (bytes === undefined) {
    const body = unframed === 'none' ? '' : text.slice(head.end)
    return { ...head, body, trailers: [], framing: unframed, complete: true, end: head.end + body.length }
  }
  if (!length.test(bytes)) return { malformed: `length ${JSON.stringify(bytes)}` }
  const end = head.end + Number(bytes)
  const body = text.slice(head.end, end)
  return { ...head, body, trailers: [], framing: 'length', complete: text.length >= end, end: head.end + body.length }
}

/** Without extensions: a proxy has no business passing them on. */
function readChunks(text: string, head: Head): Message | NotStrict {
  let body = ''
  let at = head.end
  const cut = (): Message => ({ ...head, body, trailers: [], framing: 'chunked', complete: false, end: text.length })
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return cut()
    const size = text.slice(at, lineEnd)
    if (!/^[0-9a-fA-F]{1,8}$/.test(size)) return { malformed: `chunk size ${JSON.stringify(size)}` }
    const bytes = Number.parseInt(size, 16)
    const dataEnd = lineEnd + 2 + bytes
    if (bytes === 0) {
      const end = text.indexOf('\r\n\r\n', lineEnd)
      if (end === -1) return cut()
      const trailers = readFields(end === lineEnd ? [] : text.slice(lineEnd + 2, end).split('\r\n'))
      if (!Array.isArray(trailers)) return trailers
      return { ...head, body, trailers, framing: 'chunked', complete: true, end: end + 4 }
    }
    body += text.slice(lineEnd + 2, dataEnd)
    if (text.length < dataEnd + 2) return cut()
    if (text.slice(dataEnd, dataEnd + 2) !== '\r\n') return { malformed: 'chunk data longer than its size' }
    at = dataEnd + 2
  }
}
