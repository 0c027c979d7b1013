// Muster from the checkout before a fake engine, with services that are there all the time and a steady load on them.
import type { Program } from '../../bench/program.ts'
import { get } from '../../bench/load.ts'
import type { FakeEngine } from '../../support/fake-engine.ts'
import { Books } from '../books.ts'
import { Load } from '../load.ts'
import { startFromCheckout } from '../proxies/muster.ts'
import type { CheckoutOptions } from '../proxies/muster.ts'
import { hostOf } from './loopback.ts'
import type { Loopback } from './loopback.ts'
import { MusterLog } from './muster-log.ts'

export interface Ground extends AsyncDisposable {
  readonly port: number
  readonly program: Program
  readonly log: MusterLog
  readonly books: Books
  /** Lets every request come to its end. */
  endLoad(): Promise<{ readonly requests: number }>
}

export interface GroundOptions extends Pick<CheckoutOptions, 'say' | 'node' | 'env'> {
  readonly engine: FakeEngine
  readonly members: Loopback
}

const services = ['steady-1', 'steady-2'] as const
const replicas = 2
/** Requests to each service. */
const perSecond = 50

export async function openGround({ engine, members, say, ...launch }: GroundOptions): Promise<Ground> {
  await using stack = new AsyncDisposableStack()
  for (const name of services)
    for (let number = 1; number <= replicas; number++) engine.add(members.onPath(name, number))
  const log = new MusterLog()
  const { port, program } = stack.use(
    await startFromCheckout({
      engine: engine.endpoint,
      words: [],
      say(text) {
        log.read(text)
        say?.(text)
      },
      ...launch,
    }),
  )
  await log.mustSay('the steady services take requests', () => services.every((name) => log.ready.has(name)))
  const books = new Books()
  const load = stack.use(new AsyncDisposableStack())
  for (const name of services) load.use(new Load({ port, path: `/${name}`, books, prefix: name, perSecond }))
  const opened = stack.move()
  return {
    port,
    program,
    log,
    books,
    async endLoad() {
      await load.disposeAsync()
      return { requests: books.requests }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Whether a service of its own host answers. */
export async function isServed(port: number, name: string): Promise<boolean> {
  const answer = await get(port, '/api/', hostOf(name)).catch(() => undefined)
  return answer?.status === 200
}
