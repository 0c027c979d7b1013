// Up is who answers a request with the right status, after redirects within the member.
import { ask, fieldsOf, type Answer, type Question } from './http-answer.ts'
import { addressOf, type ProbePlan } from './probe.ts'

const redirectsMax = 10
const redirects = new Set([301, 302, 303, 307, 308])
/** Of a path in a reason. */
const shownMax = 60

export async function checkHttp(plan: ProbePlan, signal: AbortSignal): Promise<string | undefined> {
  const { config } = plan
  let question: Question = { method: config.method, path: requestPath(config.path) }
  // Where redirects lead may differ each time; a reason must not.
  const what = `${config.method} ${shown(question.path)}`
  for (let followed = 0; ; followed++) {
    const outcome = await ask(plan, question, signal)
    if ('failure' in outcome) return outcome.failure
    const next = config.followRedirects ? redirected(plan, question, outcome.answer) : undefined
    if (next === undefined) {
      const { status } = outcome.answer
      if (isGood(status, config.status)) return undefined
      return followed === 0 ? `${what} answered ${status}` : `${what}, redirected, answered ${status}`
    }
    if (followed === redirectsMax) return `${what} was redirected more than ${redirectsMax} times`
    question = next
  }
}

function isGood(status: number, wanted: number | undefined): boolean {
  return wanted === undefined ? status >= 200 && status < 400 : status === wanted
}

/**
 * The next question, or undefined when the answer counts as it is. A redirect is followed only within the member, over a
 * connection to the same address: a member must not make Muster ask others in its network.
 */
function redirected(plan: ProbePlan, { method, path }: Question, { status, location }: Answer): Question | undefined {
  if (!redirects.has(status) || location === undefined) return undefined
  const scheme = plan.scheme === 'https' ? 'https' : 'http'
  const base = `${scheme}://${addressOf(plan)}`
  const to = URL.parse(location, `${base}${path}`)
  if (to === null) return undefined
  // What it was asked as is its own name too.
  const own = [base, `${scheme}://${fieldsOf(plan).host}`].map((origin) => URL.parse(origin)?.origin)
  if (!own.includes(to.origin)) return undefined
  // RFC 9110 section 15.4: 307 and 308 keep the method, the others become GET.
  const kept = status >= 307 || method === 'HEAD'
  return { method: kept ? method : 'GET', path: to.pathname + to.search }
}

/** Relative to the root of the member; what may not stand in a request line is escaped. */
function requestPath(path: string | undefined): string {
  const [bare = ''] = (path ?? '').split('#')
  const escaped = bare.toWellFormed().replaceAll(/[^\u0021-\u007e]+/g, (part) => encodeURIComponent(part))
  return escaped.startsWith('/') ? escaped : `/${escaped}`
}

function shown(path: string): string {
  return path.length > shownMax ? `${path.slice(0, shownMax)}…` : path
}
