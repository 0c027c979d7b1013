// What a compose file of the corpus says should happen, under its key `x-expect`, which compose itself does not read.
import { parse } from 'yaml'

export interface Expectations {
  /** Variables of the shell that runs compose. */
  readonly env?: Readonly<Record<string, string>>
  readonly profiles?: readonly string[]
  /** Further files of the same project, as after a second `-f`. */
  readonly override?: readonly string[]
  /** Files of other projects on the same engine, started after this one. */
  readonly projects?: readonly string[]
  /** Where something listens in a service's containers; not given: on every port labels or the image name. */
  readonly listens?: Readonly<Record<string, readonly number[]>>
  readonly health?: Readonly<Record<string, 'starting' | 'healthy' | 'unhealthy'>>
  /** Services whose containers were stopped. */
  readonly stopped?: readonly string[]
  /** The proxy knows host.docker.internal, by `extra_hosts`. */
  readonly knowsHost?: boolean
  /** Muster does not start; what it says, as expressions. */
  readonly refused?: readonly string[]
  readonly requests?: readonly RequestExpectation[]
  /** Expressions over the lines of problems; each must be met, and every problem must meet one. Default: none. */
  readonly problems?: readonly string[]
  /** The same for what is said of the options at the start. */
  readonly warnings?: readonly string[]
  /** Expressions that lines of the access log meet, in any order. */
  readonly access?: readonly string[]
}

/** Texts are exact, `/…/` are expressions, null means absent. */
type Fields = Readonly<Record<string, string | null>>

export interface RequestExpectation {
  /** The URL; its port says which entrypoint. */
  readonly get: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The client's address. */
  readonly from?: string
  readonly status: number
  /** Which compose service answered, and on which network it was reached. */
  readonly service?: string
  readonly network?: string
  /** What the service was asked for. */
  readonly path?: string
  readonly sees?: Fields
  /** Of the answer. */
  readonly fields?: Fields
  readonly body?: string
  /** Asked as often as the numbers make together: how many answers come from each container. */
  readonly spread?: Readonly<Record<string, number>>
  /** Asked as often again with the cookies of the first answer: always the same container. */
  readonly sticks?: number
}

const known: ReadonlySet<string> = new Set(
  `env profiles override projects listens health stopped knowsHost
  refused requests problems warnings access`.split(/\s+/),
)

export function readExpectations(text: string): Expectations {
  const document: unknown = parse(text, { merge: true, logLevel: 'silent' })
  const expectations = (document as Readonly<Record<string, Expectations | undefined>>)['x-expect']
  if (expectations === undefined) throw new Error('the file says nothing of what to expect')
  const unknown = Object.keys(expectations).filter((key) => !known.has(key))
  if (unknown.length > 0) throw new Error(`nothing reads what the file expects as ${unknown.join(', ')}`)
  return expectations
}

/** What is wrong with the lines; empty when every line was expected and every expectation was met. */
export function compareLines(what: string, lines: readonly string[], expected: readonly string[] = []): string[] {
  const expressions = expected.map((source) => new RegExp(source))
  return [
    ...lines.filter((line) => !expressions.some((one) => one.test(line))).map((line) => `unexpected ${what}: ${line}`),
    ...expressions
      .filter((one) => !lines.some((line) => one.test(line)))
      .map((one) => `no ${what} meets ${one}, only:\n${lines.map((line) => `    ${line}`).join('\n')}`),
  ]
}
