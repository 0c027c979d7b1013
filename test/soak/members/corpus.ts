// Answers a member must not give (bar L14), and some that only look so, each with what a client may get to see of it: never
// a clean end of what was not whole, and never a byte of what nobody asked for.
import type { Socket } from 'node:net'
import { bodyOf } from '../noise.ts'

export interface Case {
  readonly method: 'GET' | 'POST'
  /** Names of outcomes; a number is the status of a whole answer. */
  readonly expected: readonly string[]
  /** @param at from 0 to 1: where the case wants a place chosen at random */
  play(socket: Socket, id: string, at: number): void
}

export const bodyBytes = 500
const dripBytes = 30

const bad = ['502']
const broken = ['cut', '502']
const good = ['200']
const length = `Content-Length: ${bodyBytes}`
const chunked = 'Transfer-Encoding: chunked'

/** Answers as it should, and a little later once more. No proxy can tell that from the answer to a request it sends meanwhile. */
export const talkative = plays(good, (socket, id) => {
  socket.write(answer(id, [length]), 'latin1')
  setTimeout(() => socket.write(answer('nobody', [length]), 'latin1'), 5)
})

export const corpus: Readonly<Record<string, Case>> = {
  'two-lengths': says(bad, (id) => answer(id, [length, 'Content-Length: 5'])),
  'the-same-length-twice': says(bad, (id) => answer(id, [length, length])),
  'a-list-of-lengths': says(bad, (id) => answer(id, [`${length}, ${bodyBytes}`])),
  'signed-length': says(bad, (id) => answer(id, [`Content-Length: +${bodyBytes}`])),
  'length-and-chunked': says(bad, (id) => answer(id, [length, chunked], chunks(id))),
  'gzip-and-chunked': says(bad, (id) => answer(id, ['Transfer-Encoding: gzip, chunked'], chunks(id))),
  'bad-status-line': says(bad, (id) => answer(id, [length], bodyText(id), 'HTTP/1.1 OK 200')),
  'another-version': says(bad, (id) => answer(id, [length], bodyText(id), 'HTTP/2.0 200 OK')),
  'not-http': says(bad, () => 'SSH-2.0-OpenSSH_9.2p1\r\n'),
  'bare-line-feeds': says(bad, (id) => answer(id, [length]).replaceAll('\r\n', '\n')),
  'folded-field': says(bad, (id) => answer(id, [length, 'X-A: 1\r\n folded: 2'])),
  'space-before-colon': says(bad, (id) => answer(id, [`Content-Length : ${bodyBytes}`])),
  'nul-in-a-field': says(bad, (id) => answer(id, [length, 'X-A: a\0b'])),
  'head-of-70-KB': says(bad, (id) => answer(id, [length, `X-Long: ${'x'.repeat(70_000)}`])),
  'status-line-of-1-MB': says(bad, () => `HTTP/1.1 200 ${'x'.repeat(1_000_000)}`),
  'too-many-fields': says(bad, (id) => answer(id, [length, ...Array.from({ length: 600 }, (_, i) => `X-${i}: 1`)])),
  'endless-interims': says(bad, () => 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000)),
  'unasked-101': says(bad, () => 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
  'silence-and-end': plays(bad, (socket) => socket.end()),
  'silence-and-reset': plays(bad, (socket) => socket.resetAndDestroy()),

  'bad-chunk-size': says(broken, (id) => answer(id, [chunked], 'zz\r\n')),
  'bad-chunk-end': says(broken, (id) => answer(id, [chunked], `5\r\n${bodyText(id).slice(0, 9)}\r\n0\r\n\r\n`)),
  'bad-trailer': says(broken, (id) => answer(id, [chunked], chunks(id).replace(/\r\n$/, 'no colon\r\n\r\n'))),
  'no-last-chunk': ends(broken, (id) => answer(id, [chunked], chunks(id).replace(/0\r\n\r\n$/, ''))),
  'too-short': ends(broken, (id) => answer(id, [length], bodyText(id).slice(1))),
  'reset-anywhere': plays(broken, (socket, id, at) => {
    const text = answer(id, at < 0.5 ? [length] : [chunked], at < 0.5 ? bodyText(id) : chunks(id))
    const shown = Math.floor(((at * 2) % 1) * text.length)
    socket.write(text.slice(0, shown), 'latin1', () => socket.resetAndDestroy())
  }),
  'reset-instead-of-an-end': plays(broken, (socket, id) => {
    socket.write(answer(id, ['Connection: close']), 'latin1', () => socket.resetAndDestroy())
  }),

  'one-answer-too-many': says(good, (id) => answer(id, [length]) + answer('nobody', [length])),
  'in-small-pieces': plays(good, (socket, id) => drip(socket, answer(id, [chunked], chunks(id)))),
  'some-interims': says(
    good,
    (id) => 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(5) + answer(id, [length]),
  ),
  'until-the-end': ends(good, (id) => answer(id, ['Connection: close'])),
  'of-http-1-0': ends(good, (id) => answer(id, [], bodyText(id), 'HTTP/1.0 200 OK')),
  'before-the-upload': refuses((socket, text) => void socket.write(text(), 'latin1')),
  'before-the-upload-and-gone': refuses((socket, text) => {
    socket.write(text(['Connection: close']), 'latin1')
    setTimeout(() => socket.resetAndDestroy(), 100)
  }),
  talkative,
}

function says(expected: readonly string[], text: (id: string) => string): Case {
  return plays(expected, (socket, id) => void socket.write(text(id), 'latin1'))
}

function ends(expected: readonly string[], text: (id: string) => string): Case {
  return plays(expected, (socket, id) => void socket.end(text(id), 'latin1'))
}

function plays(expected: readonly string[], play: Case['play']): Case {
  return { method: 'GET', expected, play }
}

/** A POST whose body it does not wait for. */
function refuses(say: (socket: Socket, text: (fields?: readonly string[]) => string) => void): Case {
  const text =
    (id: string) =>
    (fields: readonly string[] = []): string =>
      answer(id, ['Content-Length: 5', ...fields], 'large', 'HTTP/1.1 413 Content Too Large')
  return { method: 'POST', expected: ['413'], play: (socket, id) => say(socket, text(id)) }
}

/** One timer after the other: those of node may overtake each other when they are late. */
function drip(socket: Socket, text: string): void {
  if (socket.destroyed) return
  socket.write(text.slice(0, dripBytes), 'latin1')
  if (text.length > dripBytes) setTimeout(drip, 1, socket, text.slice(dripBytes))
}

function answer(id: string, fields: readonly string[], body = bodyText(id), statusLine = 'HTTP/1.1 200 OK'): string {
  return [statusLine, `X-Soak-Id: ${id}`, ...fields, '', body].join('\r\n')
}

function bodyText(id: string): string {
  return bodyOf(id, bodyBytes).toString('latin1')
}

/** The body in chunks of 100 bytes. */
function chunks(id: string): string {
  const text = bodyText(id)
  const parts = Array.from({ length: bodyBytes / 100 }, (_, i) => `64\r\n${text.slice(i * 100, i * 100 + 100)}\r\n`)
  return `${parts.join('')}0\r\n\r\n`
}
