// What a Docker socket that flaps does to whoever listens there. Each lasts from its beginning to its end.
import { setTimeout as delay } from 'node:timers/promises'
import type { FakeEngine } from '../../support/fake-engine.ts'

export interface Fault {
  readonly name: string
  readonly begin: (engine: FakeEngine) => Promise<void> | void
  readonly end: (engine: FakeEngine) => Promise<void> | void
}

const well: FakeEngine['intercept'] = () => undefined
/** For what was written to be on its way. */
const writtenMs = 5

function recover(engine: FakeEngine): void {
  engine.intercept = well
}

/** New connections are taken. */
export const closes: Fault = {
  name: 'closes its connections',
  begin: (engine) => engine.dropConnections(),
  end: recover,
}

export const cutsEvents: Fault = {
  name: 'cuts its events in the middle of a line',
  async begin(engine) {
    engine.write('{"Type":"container","Action":"sta')
    await delay(writtenMs)
    engine.dropConnections()
  },
  end: recover,
}

/** The line comes to an end, and to none that JSON has. */
export const babbles: Fault = {
  name: 'writes half an event and goes on',
  begin: (engine) => engine.write('{"Type":"container","Action":"sta\n'),
  end: recover,
}

export const refuses: Fault = {
  name: 'answers 500',
  begin(engine) {
    engine.intercept = () => ({ status: 500, body: '{"message":"boom"}' })
    engine.dropConnections()
  },
  end: recover,
}

export const halves: Fault = {
  name: 'answers half of its JSON',
  begin(engine) {
    engine.intercept = () => 'cut'
    engine.dropConnections()
  },
  end: recover,
}

export const leaves: Fault = {
  name: 'is away',
  begin: (engine) => engine.shutDown(),
  end: (engine) => engine.listen(),
}

/** As a process that is stopped: connections stay open, new ones are taken, nobody answers; then all is answered. */
export function stalls(): Fault {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    name: 'stalls',
    begin(engine) {
      engine.intercept = () => promise
    },
    end(engine) {
      recover(engine)
      resolve()
    },
  }
}
