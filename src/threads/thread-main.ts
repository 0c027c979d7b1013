// A data-plane thread: opens its data plane, then does what the control thread tells it.
import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import type { InternalAnswer } from '../exchange/internal.ts'
import { openDataPlane } from './data-plane.ts'
import type { DataPlane, ThreadPublication } from './data-plane.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'

/** Access lines cross together: a message each would cost more than the request. */
const accessEveryMs = 50
const accessLinesMax = 512

assert(parentPort, 'this file is the main module of a thread')
const control = parentPort
const tell = (message: FromThread): void => control.postMessage(message)

const asked = new Map<number, (answer: InternalAnswer) => void>()
let questions = 0
let lines: string[] = []

const plane = await openDataPlane({
  ...(workerData as ThreadStart),
  shared: true,
  ask(service, request) {
    const { promise, resolve } = Promise.withResolvers<InternalAnswer>()
    const id = ++questions
    asked.set(id, resolve)
    tell({ kind: 'ask', id, service, request })
    return promise
  },
  report: {
    error: (error, fields, message) => tell({ kind: 'error', error: plain(error), fields, message }),
    notice: (fields, message) => tell({ kind: 'notice', fields, message }),
    access(line) {
      if (lines.length === 0) setTimeout(tellAccess, accessEveryMs)
      if (lines.push(line) >= accessLinesMax) tellAccess()
    },
  },
})
control.on('message', (message: ToThread) => void obey(plane, message))
tell({ kind: 'listening' })

async function obey(to: DataPlane<ThreadPublication>, message: ToThread): Promise<void> {
  switch (message.kind) {
    case 'publish': {
      const { version } = message.publication
      await to.publish(message.publication)
      return tell({ kind: 'published', version })
    }
    case 'order':
      return to.order(message.memberKey, message.order)
    case 'answer':
      asked.get(message.id)?.(message.answer)
      asked.delete(message.id)
      return
    case 'stop-accepting':
      await to.stopAccepting()
      return tell({ kind: 'not-accepting' })
    case 'drain':
      await to.drain()
      tellAccess()
      return tell({ kind: 'drained' })
  }
}

/** Not every error can cross to another thread: it may hold a socket. */
function plain(error: unknown): Error {
  const copy = new Error(error instanceof Error ? error.message : String(error))
  if (error instanceof Error && error.stack !== undefined) copy.stack = error.stack
  return copy
}

function tellAccess(): void {
  if (lines.length > 0) tell({ kind: 'access', lines })
  lines = []
}
