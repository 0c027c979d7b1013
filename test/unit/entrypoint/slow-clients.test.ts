import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { look } from '../../../src/entrypoint/slow-clients.ts'
import type { Watched } from '../../../src/entrypoint/slow-clients.ts'

const limits = { readTimeoutMs: 0, minBodyRate: 0, bodyGraceMs: 0, sendTimeoutMs: 0, writeTimeoutMs: 0 }

/** A connection whose numbers the test moves. */
function connection(): {
  paused: boolean
  readonly socket: { bytesRead: number; bytesWritten: number; writableLength: number; writableEnded: boolean }
  readonly handle: { writeQueueSize: number }
  readonly watched: Omit<Watched, 'response' | 'upgraded'> & { response: object | undefined; upgraded: boolean }
} {
  const handle = { writeQueueSize: 0 }
  const made = {
    paused: false,
    handle,
    socket: {
      bytesRead: 0,
      bytesWritten: 0,
      writableLength: 0,
      writableEnded: false,
      isPaused: () => made.paused,
      _handle: handle,
    },
  }
  const watched = {
    socket: made.socket,
    response: undefined,
    upload: undefined,
    uploadFrom: 0,
    watch: undefined,
    upgraded: false,
  }
  return Object.assign(made, { watched })
}

/** What each of so many looks found, a second apart; `between` moves the numbers before each. */
function looks(watched: Watched, more: Partial<typeof limits>, seconds: number, between = (): void => undefined) {
  return Array.from({ length: seconds }, () => {
    between()
    return look(watched, 1000, { ...limits, ...more })
  })
}

const fine = (seconds: number): undefined[] => Array.from({ length: seconds }, () => undefined)

describe('a sender of a body', () => {
  const uploading = (): ReturnType<typeof connection> => {
    const made = connection()
    made.watched.upload = { complete: false, destroyed: false }
    return made
  }

  it('has the read timeout between two pieces, however slow it is', () => {
    const { watched, socket } = uploading()
    let second = 0
    const drip = (): void => {
      if (second++ % 3 === 0) socket.bytesRead++
    }
    assert.deepEqual(looks(watched, { readTimeoutMs: 3000 }, 30, drip), fine(30))
    assert.deepEqual(looks(watched, { readTimeoutMs: 3000 }, 3).at(-1), 'slow-body')
  })

  it('buys time with bytes: the rate holds on average, after a grace', () => {
    const rate = { minBodyRate: 100, bodyGraceMs: 5000 }
    const slow = uploading()
    // The first look is when the clock starts.
    assert.deepEqual(looks(slow.watched, rate, 7), [...fine(6), 'slow-body'])

    const quickAtFirst = uploading()
    quickAtFirst.socket.bytesRead = 1000
    assert.deepEqual(looks(quickAtFirst.watched, rate, 17), [...fine(16), 'slow-body'])

    const steady = uploading()
    const piece = (): void => {
      steady.socket.bytesRead += 100
    }
    assert.deepEqual(looks(steady.watched, rate, 100, piece), fine(100))
  })

  it('is not held to what came before its body', () => {
    const { watched, socket } = uploading()
    socket.bytesRead = 1_000_000
    Object.assign(watched, { uploadFrom: 1_000_000 })
    assert.equal(looks(watched, { minBodyRate: 100, bodyGraceMs: 5000 }, 7).at(-1), 'slow-body')
  })

  it('is not to blame while the member takes no more', () => {
    const made = uploading()
    made.paused = true
    const all = { readTimeoutMs: 3000, minBodyRate: 100, bodyGraceMs: 3000 }
    assert.deepEqual(looks(made.watched, all, 30), fine(30))
    made.paused = false
    assert.equal(looks(made.watched, all, 3).at(-1), 'slow-body')
  })

  it('that is done waits for its answer as long as it takes', () => {
    const { watched } = uploading()
    watched.response = {}
    watched.upload = { complete: true, destroyed: false }
    const all = { readTimeoutMs: 3000, minBodyRate: 100, bodyGraceMs: 3000, sendTimeoutMs: 3000 }
    assert.deepEqual(looks(watched, all, 30), fine(30))
    assert.equal(watched.upload, undefined)
  })

  it('is still watched when its answer is already out', () => {
    const { watched } = uploading()
    assert.equal(watched.response, undefined)
    assert.equal(looks(watched, { readTimeoutMs: 3000 }, 4).at(-1), 'slow-body')
  })
})

describe('a reader of an answer', () => {
  const reading = (): ReturnType<typeof connection> => {
    const made = connection()
    made.watched.response = {}
    made.socket.writableLength = 1000
    return made
  }

  it('may take any time as long as the kernel takes a byte now and then', () => {
    const { watched, handle } = reading()
    handle.writeQueueSize = 1_000_000
    let second = 0
    const drip = (): void => {
      if (second++ % 3 === 0) handle.writeQueueSize--
    }
    assert.deepEqual(looks(watched, { sendTimeoutMs: 3000 }, 30, drip), fine(30))
    assert.equal(looks(watched, { sendTimeoutMs: 3000 }, 3).at(-1), 'slow-answer')
  })

  it('is not to blame while there is nothing to send', () => {
    const { watched, socket } = reading()
    socket.writableLength = 0
    assert.deepEqual(looks(watched, { sendTimeoutMs: 3000 }, 30), fine(30))
  })

  it('is still watched when the connection has only its last answer to get rid of', () => {
    const { watched } = reading()
    watched.response = undefined
    assert.equal(looks(watched, { sendTimeoutMs: 3000 }, 4).at(-1), 'slow-answer')
  })

  it('has the write timeout for each answer as a whole', () => {
    const { watched, socket } = reading()
    const take = (): void => {
      socket.bytesWritten++
    }
    assert.deepEqual(looks(watched, { writeTimeoutMs: 3000 }, 4, take), [...fine(3), 'slow-answer'])
    watched.response = {}
    assert.deepEqual(looks(watched, { writeTimeoutMs: 3000 }, 3, take), fine(3))
  })
})

describe('nobody looks after', () => {
  const strict = { readTimeoutMs: 1, minBodyRate: 100, bodyGraceMs: 1, sendTimeoutMs: 1, writeTimeoutMs: 1 }

  it('an idle connection, and nothing is kept for it', () => {
    const { watched } = connection()
    watched.response = {}
    look(watched, 1000, limits)
    assert.notEqual(watched.watch, undefined)
    watched.response = undefined
    assert.deepEqual(looks(watched, strict, 5), fine(5))
    assert.equal(watched.watch, undefined)
  })

  it('a tunnel, until its socket is ended', () => {
    const { watched, socket } = connection()
    Object.assign(watched, { upgraded: true })
    socket.writableLength = 10
    assert.deepEqual(looks(watched, strict, 5), fine(5))
    socket.writableEnded = true
    assert.equal(looks(watched, strict, 2).at(-1), 'slow-answer')
  })
})
