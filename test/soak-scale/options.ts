// The words after `npm run soak:scale --`.
import { parseArgs } from 'node:util'
import { SetupError } from '../../compose/setup/run.ts'
import { apache } from './proxies/apache.ts'
import { caddy } from './proxies/caddy.ts'
import { haproxy } from './proxies/haproxy.ts'
import { muster } from './proxies/muster.ts'
import { nginx } from './proxies/nginx.ts'
import type { Proxy } from './proxies/proxy.ts'
import { traefik } from './proxies/traefik.ts'
import { manners } from './stage.ts'
import type { Manner } from './stage.ts'

export const parts = ['scaling', 'rolling', 'troubles', 'socket', 'engine', 'latency', 'storms'] as const
export type Part = (typeof parts)[number]

/** Whom Compose asks to scale: the engine itself, or Muster's Docker API socket. */
const ways = ['engine', 'socket'] as const
export type Way = (typeof ways)[number]

export interface Options {
  readonly proxies: readonly Proxy[]
  readonly parts: readonly Part[]
  /** Whom `scaling` scales. */
  readonly manners: readonly Manner[]
  readonly through: readonly Way[]
  readonly cycles: number
  readonly recreates: number
  readonly rolls: number
  readonly troubles: number
  readonly lossSeconds: number
  readonly rounds: number
  readonly flapSeconds: number
  readonly json: string | undefined
  readonly log: string | undefined
  readonly check: boolean
}

const known: readonly Proxy[] = [muster, traefik, haproxy, nginx, caddy, apache]

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  return {
    proxies: chosen('proxy', values.proxy, known, ({ name }) => name),
    parts: values.part === undefined ? parts : chosen('part', values.part, parts, (part) => part),
    manners: values.app === undefined ? manners : chosen('app', values.app, manners, (manner) => manner),
    through: values.through === undefined ? ways : chosen('through', values.through, ways, (way) => way),
    cycles: wholeNumber('cycles', values.cycles),
    recreates: wholeNumber('recreates', values.recreates),
    rolls: wholeNumber('rolls', values.rolls),
    troubles: wholeNumber('troubles', values.troubles),
    lossSeconds: wholeNumber('loss-seconds', values['loss-seconds']),
    rounds: wholeNumber('rounds', values.rounds),
    flapSeconds: wholeNumber('flap-seconds', values['flap-seconds']),
    json: values.json,
    log: values.log,
    check: values.check,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        proxy: { type: 'string', multiple: true, default: [muster.name] },
        part: { type: 'string', multiple: true },
        app: { type: 'string', multiple: true },
        through: { type: 'string', multiple: true },
        cycles: { type: 'string', default: '50' },
        recreates: { type: 'string', default: '20' },
        rolls: { type: 'string', default: '100' },
        troubles: { type: 'string', default: '5' },
        'loss-seconds': { type: 'string', default: '60' },
        rounds: { type: 'string', default: '200' },
        'flap-seconds': { type: 'string', default: '600' },
        json: { type: 'string' },
        log: { type: 'string' },
        check: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error))
  }
}

function chosen<Item>(
  option: string,
  names: readonly string[],
  all: readonly Item[],
  nameOf: (item: Item) => string,
): Item[] {
  return names
    .flatMap((text) => text.split(','))
    .map((name) => {
      const item = all.find((each) => nameOf(each) === name)
      if (item === undefined)
        throw new SetupError(`there is no ${option} "${name}"; there are ${all.map(nameOf).join(', ')}`)
      return item
    })
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new SetupError(`--${option} wants a whole number from 1, not "${text}"`)
}
