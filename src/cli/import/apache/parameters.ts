// Which `key=value` a BalancerMember and a balancer take, and why some have no equivalent.
import { didYouMean } from '../../../model/nearest.ts'
import type { Remark, Severity } from '../remark.ts'
import { tellInto } from '../remark.ts'
import type { Parameters } from './draft.ts'

const pool = 'Muster keeps its connections to members itself (limits: --limits.maxConnsPerMember)'
const timeouts = 'timeouts are --serversTransport.forwardingTimeouts.{dialTimeout,responseHeaderTimeout}'
const streams = 'Muster passes every byte on at once'
const none = 'no equivalent in Muster'

/** Undefined: it is imported. */
type Table = ReadonlyMap<string, string | undefined>

const imported = (...names: readonly string[]): [string, undefined][] => names.map((name) => [name, undefined])
const because = (reason: string, ...names: readonly string[]): [string, string][] => names.map((name) => [name, reason])

const ofMember: Table = new Map([
  ...imported('loadfactor', 'route', 'redirect', 'lbset', 'status', 'retry'),
  ...imported('hcmethod', 'hcuri', 'hcinterval', 'hcpasses', 'hcfails', 'hcexpr', 'hctemplate'),
  ...because(pool, 'min', 'max', 'smax', 'ttl', 'acquire', 'disablereuse', 'enablereuse', 'addressttl', 'keepalive'),
  ...because(timeouts, 'timeout', 'connectiontimeout'),
  ...because('a member that does not answer is passed over for another one', 'ping'),
  ...because(streams, 'flushpackets', 'flushwait', 'iobuffersize', 'receivebuffersize'),
  ...because('Muster forwards upgrades by itself', 'upgrade'),
  ...because('Muster speaks no AJP', 'secret'),
  ...because(none, 'responsefieldsize', 'iopath'),
])

const ofBalancer: Table = new Map([
  ...imported('lbmethod', 'nofailover', 'maxattempts', 'forcerecovery', 'failonstatus', 'failontimeout'),
  ...imported('stickysession', 'stickysessionsep', 'scolonpathdelim'),
  ...because('Muster answers 503 at once when no member can take the request', 'timeout'),
  ...because('members come and go by themselves, none need to be reserved', 'growth'),
  ...because("Muster's page has a token of its own", 'nonce'),
])

/** Words of a ProxyPass without a value. */
const keywords: Table = new Map([
  ...because('Muster passes paths on as the client escaped them', 'nocanon', 'mapping=encoded'),
  ...because('Muster passes the query on', 'noquery'),
  ...because('Muster has no variables of requests', 'interpolate'),
])

export interface Parametered {
  readonly parameters: Parameters
  readonly remarks: Remark[]
}

/** Adds what the words say. */
export function readParameters(
  words: readonly string[],
  line: number,
  of: 'member' | 'balancer',
  { parameters, remarks }: Parametered,
): void {
  const tell = tellInto(remarks)
  for (const word of words) {
    if (word.startsWith('#')) {
      tell(line, 'error', 'a comment begins its line: Apache takes this one for parameters and does not start')
      return
    }
    const [, written = word, value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? []
    const name = written.toLowerCase()
    const reason = keywords.get(word.toLowerCase())
    if (reason !== undefined) tell(line, 'note', `${word}: ${reason}`)
    else if (!word.includes('='))
      tell(line, 'error', `"${word}" is not written as key=value; Apache does not start with this`)
    else if (takes(name, of, word, (severity, text) => tell(line, severity, text)))
      parameters.set(name, { value, line })
  }
}

function takes(
  name: string,
  of: 'member' | 'balancer',
  word: string,
  tell: (severity: Severity, text: string) => void,
): boolean {
  const [own, others] = of === 'member' ? [ofMember, ofBalancer] : [ofBalancer, ofMember]
  if (own.has(name)) {
    const reason = own.get(name)
    if (reason !== undefined) tell('note', `${word}: ${reason}`)
    return reason === undefined
  }
  const stops = 'Apache does not start with this'
  if (others.has(name)) {
    const owner = of === 'member' ? 'of the balancer, set with ProxySet' : 'of a BalancerMember'
    const isDefault = name === 'retry'
    const outcome = isDefault ? ". Imported as the balancer's default for its members" : '. Not imported'
    tell('error', `${word}: "${name}" is a parameter ${owner}; ${stops}${outcome}`)
    return isDefault
  }
  const hint = didYouMean(name, own.keys()) ?? didYouMean(name, others.keys())
  tell('error', `${word}: there is no parameter "${name}"${hint === undefined ? '' : `; ${hint}`} (${stops})`)
  return false
}
