// A data-plane thread: opens its data plane, then does what the control thread tells it.
import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { AskInternal, InternalAnswer } from '../exchange/internal.ts'
import { openDataPlane } from './data-plane.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'

/** Access lines cross together: a message each would cost more than the request. */
const accessEveryMs = 50
const accessLinesMax = 512

type Tell = (message: FromThread) => void

// Elsewhere it is only loaded, to be compiled ahead: see Dockerfile.
if (parentPort !== null) await runThread(parentPort, workerData as ThreadStart)

async function runThread(control: MessagePort, start: ThreadStart): Promise<void> {
  const tell: Tell = (message) => control.postMessage(message)
  const internal = askThrough(tell)
  const access = accessThrough(tell)
  const plane = await openDataPlane({
    ...start,
    shared: true,
    ask: internal.ask,
    report: {
      error: (error, fields, message) => tell({ kind: 'error', error: plain(error), fields, message }),
      notice: (fields, message) => tell({ kind: 'notice', fields, message }),
      access: access.add,
      member: (news) => tell({ kind: 'member', news }),
    },
  })

  const obey = async (message: ToThread): Promise<void> => {
    switch (message.kind) {
      case 'publish':
        await plane.publish(message.publication)
        return tell({ kind: 'published', version: message.publication.version })
      case 'order':
        return plane.order(message.memberKey, message.order)
      case 'answer':
        return internal.answer(message.id, message.answer)
      case 'measure':
        return tell({ kind: 'measured', shares: await plane.metrics() })
      case 'stop-accepting':
        await plane.stopAccepting()
        return tell({ kind: 'not-accepting' })
      case 'drain':
        await plane.drain()
        access.flush()
        return tell({ kind: 'drained' })
    }
  }
  control.on('message', (message: ToThread) => void obey(message))
  tell({ kind: 'listening' })
}

/** One entry per request in flight at most. */
function askThrough(tell: Tell): { ask: AskInternal; answer: (id: number, answer: InternalAnswer) => void } {
  const asked = new Map<number, (answer: InternalAnswer) => void>()
  let questions = 0
  return {
    ask(service, request) {
      const { promise, resolve } = Promise.withResolvers<InternalAnswer>()
      const id = ++questions
      asked.set(id, resolve)
      tell({ kind: 'ask', id, service, request })
      return promise
    },
    answer(id, answer) {
      asked.get(id)?.(answer)
      asked.delete(id)
    },
  }
}

function accessThrough(tell: Tell): { add: (line: string) => void; flush: () => void } {
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length > 0) tell({ kind: 'access', lines })
    lines = []
  }
  return {
    flush,
    add(line) {
      if (lines.length === 0) setTimeout(flush, accessEveryMs)
      if (lines.push(line) >= accessLinesMax) flush()
    },
  }
}

/** Not every error can cross to another thread: it may hold a socket. */
function plain(error: unknown): Error {
  const copy = new Error(error instanceof Error ? error.message : String(error))
  if (error instanceof Error && error.stack !== undefined) copy.stack = error.stack
  return copy
}
