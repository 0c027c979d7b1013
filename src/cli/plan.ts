// `muster plan FILE…`: what would change if these compose files were applied.
import { defaultApi } from './api-client.ts'
import { composeOptions, readArguments, tellUsage } from './arguments.ts'
import { assemble } from './compose/assemble.ts'
import { readComposeFiles } from './compose/read-compose.ts'
import type { Assembly } from './compose/assemble.ts'
import { saidOf } from './lint/finding.ts'
import type { Said } from './lint/finding.ts'
import { objectLabel } from './lint/locate.ts'
import { composeProblem, problems } from './lint/problems.ts'
import { findingJson, findingLine } from './lint/show-finding.ts'
import { compare } from './plan/compare.ts'
import type { Change } from './plan/compare.ts'
import { readRunning } from './plan/running.ts'
import type { Running } from './plan/running.ts'
import { plannedState } from './plan/state.ts'
import type { State } from './plan/state.ts'
import { painter } from './terminal.ts'
import type { Paint, Terminal } from './terminal.ts'

const usage = {
  command: 'plan',
  needs: 'a compose file',
  text: `usage: muster plan [--api ${defaultApi}] [--offline] [--json] [--project-name NAME] [--profile NAME]… FILE…`,
}

const options = {
  ...composeOptions,
  api: { type: 'string', default: defaultApi },
  offline: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

interface Plan {
  readonly project: string
  /** The controller it was compared with; undefined: with nothing. */
  readonly api: string | undefined
  readonly changes: readonly Change[]
  readonly problems: readonly Said[]
}

const nothing: State = { router: new Map(), service: new Map(), middleware: new Map(), member: new Map() }

/** 0: no error among the problems. 1: an error. 2: nothing to read, or an answer that cannot be used. */
export async function runPlan(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const parsed = readArguments(args, options, usage)
  if (!parsed.ok) return tellUsage(parsed, terminal)
  const { api, offline = false, json = false, profile, 'project-name': projectName } = parsed.values
  const project = readComposeFiles(parsed.words, { ...terminal, profiles: profile, projectName })
  const wrong = project.problems.filter(({ severity }) => severity !== 'warning')
  const plain = painter({ colour: false })
  for (const problem of wrong) terminal.complain(findingLine(composeProblem(problem), terminal, plain))
  if (wrong.some(({ severity }) => severity === 'fatal')) return 2

  const answer = offline ? undefined : await readRunning(api, project.name, signal)
  if (answer?.ok === false) {
    terminal.complain(`muster: ${answer.message}`)
    if (!answer.unreachable) return 2
    terminal.complain('muster: everything is shown as added')
  }
  const running = answer?.ok === true ? answer.value : undefined
  const assembly = await assemble(project, terminal.readFile, running?.around)
  const planned = own(plannedState(assembly), assembly.strangers)
  const all = compare(running?.state ?? nothing, planned, running?.isOurs ?? (() => false))
  const { changes, refused } = withoutTaken(all, running, assembly)
  const plan: Plan = {
    project: project.name,
    api: running === undefined ? undefined : api,
    changes,
    problems: [...problems(assembly), ...refused],
  }
  if (json) terminal.print(JSON.stringify(report(plan, terminal), undefined, 2))
  else print(plan, terminal)
  return wrong.length > 0 || plan.problems.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** Without what was only taken to be there. */
function own(state: State, strangers: ReadonlySet<string>): State {
  const kept = <T>(objects: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...objects].filter(([name]) => !strangers.has(name) && !name.endsWith('@internal')))
  return { ...state, service: kept(state.service), middleware: kept(state.middleware) }
}

/** Between projects the first holder of a name keeps it: nothing of that changes. */
function withoutTaken(
  all: readonly Change[],
  running: Running | undefined,
  { project }: Assembly,
): { readonly changes: readonly Change[]; readonly refused: readonly Said[] } {
  const changes: Change[] = []
  const refused: Said[] = []
  for (const change of all) {
    const { what, kind, name } = change
    const holder = what === 'changed' && kind !== 'member' ? running?.holderOf(kind, name) : undefined
    if (holder === undefined || kind === 'member') {
      changes.push(change)
      continue
    }
    const message = `the ${kind} "${name}" is of project "${holder}" already, which keeps it`
    for (const service of project.services) {
      const label = objectLabel(service, { kind, name: name.replace(/@docker$/, '') })
      if (label === undefined) continue
      refused.push(saidOf(service, label, { at: 'key', severity: 'error', message, hint: 'choose another name' }))
      break
    }
  }
  return { changes, refused }
}

function report({ project, api, changes, problems: found }: Plan, terminal: Terminal): object {
  return {
    project,
    api,
    changes,
    problems: found.map((problem) => findingJson(problem, terminal)),
  }
}

const signs = { added: '+', removed: '-', changed: '~' } as const
const styles = { added: 'green', removed: 'red', changed: 'yellow' } as const

function print({ project, api, changes, problems: found }: Plan, terminal: Terminal): void {
  const paint = painter(terminal)
  terminal.print(`project ${paint('bold', project)}, compared with ${api ?? 'nothing'}`)
  for (const change of changes) for (const line of changeLines(change, paint)) terminal.print(line)
  for (const said of found) terminal.print(findingLine(said, terminal, paint))
  const counts = (['added', 'removed', 'changed'] as const).map(
    (what) => `${changes.filter((change) => change.what === what).length} ${what}`,
  )
  terminal.print(changes.length === 0 ? 'nothing changes' : counts.join(', '))
}

function changeLines({ what, kind, name, options: changed }: Change, paint: Paint): readonly string[] {
  const lines = Object.entries(changed).flatMap(([option, { before, after }]) => {
    if (what === 'changed') return `    ${option}: ${text(before)} → ${text(after)}`
    return isUsual(option, after) ? [] : `    ${option}: ${text(after)}`
  })
  return [paint(styles[what], `${signs[what]} ${kind} ${name}`), ...lines]
}

/** What nearly every object has; worth a line only where it changes. */
function isUsual(option: string, value: unknown): boolean {
  if (['observability', 'responseForwarding', 'strategy', 'passHostHeader', 'priorityStr'].includes(option)) return true
  return (
    (option === 'status' && value === 'enabled') ||
    (option === 'weight' && value === 1) ||
    (option === 'scheme' && value === 'http')
  )
}

function text(value: unknown): string {
  return value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value)
}
