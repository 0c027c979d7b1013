// Compose files → project, as `docker compose` would understand them.
import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { loadFiles, withEnvFiles } from './load-files.ts'
import type { ComposeNetwork, ComposeProject, ComposeService } from './project.ts'
import { readService } from './read-service.ts'
import { child, entriesOf, textAt } from './tree.ts'
import type { ComposeNode, ComposeProblem, ReportProblem } from './tree.ts'

export interface ComposeSources {
  /** Undefined: there is no such file, or it cannot be read. */
  readonly readFile: (path: string) => string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asked for besides those of COMPOSE_PROFILES; `*`: all. */
  readonly profiles?: readonly string[] | undefined
  /** Not given: COMPOSE_PROJECT_NAME, the files' `name`, or the first one's directory. */
  readonly projectName?: string | undefined
}

/** Never throws: what is wrong is among the project's problems, the rest is there. */
export function readComposeFiles(paths: readonly string[], sources: ComposeSources): ComposeProject {
  const problems: ComposeProblem[] = []
  const files = paths.map((path) => resolve(path))
  const directory = dirname(files[0] ?? '')
  const { readFile, env } = sources
  const lookup = withEnvFiles([resolve(directory, '.env')], { readFile, lookup: (name) => env[name] })
  const report: ReportProblem = (problem) => void problems.push(problem)
  const tree = loadFiles(files, { readFile, lookup, directory, report, includedBy: [] })

  const name = sources.projectName ?? lookup('COMPOSE_PROJECT_NAME') ?? textAt(tree, 'name') ?? basename(directory)
  const profiles = [...(sources.profiles ?? []), ...(lookup('COMPOSE_PROFILES') ?? '').split(',').filter(Boolean)]
  if (problems.length === 0) reportShape(child(tree, 'services'), files[0] ?? '', report)
  const services = [...entriesOf(child(tree, 'services'))]
    .map(([service, entry]) => readService(service, entry, { directory, report }))
    .filter((service) => isAskedFor(service, profiles))
  return {
    name: normalizeProjectName(name),
    directory,
    files,
    services,
    networks: networksOf(normalizeProjectName(name), tree, services),
    problems: distinct(problems),
  }
}

/** What would pass for a project that has nothing wrong with it. */
function reportShape(services: ComposeNode | undefined, file: string, report: ReportProblem): void {
  if (services !== undefined && !mayBeMapping(services)) {
    const hint = 'write each service as "name:" on a line of its own'
    report({ severity: 'error', position: services.position, reason: '"services" is not a mapping', hint })
  } else if (entriesOf(services).size === 0) {
    const position = services?.position ?? { file, line: 1, column: 1 }
    report({ severity: 'warning', position, reason: 'there are no services', hint: undefined })
  }
  for (const [name, { value }] of entriesOf(services)) {
    if (mayBeMapping(value)) continue
    const reason = `service "${name}" is not a mapping`
    report({ severity: 'error', position: value.position, reason, hint: 'it begins with "image:" or "build:"' })
  }
}

function mayBeMapping(node: ComposeNode): boolean {
  return node.kind === 'mapping' || (node.kind === 'scalar' && node.isNull)
}

/** For `readFile`: what is on disk. */
export function fileReader(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** As compose does with a directory's name. */
function normalizeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

function isAskedFor({ profiles }: ComposeService, asked: readonly string[]): boolean {
  return profiles.length === 0 || asked.includes('*') || profiles.some((profile) => asked.includes(profile))
}

function networksOf(
  project: string,
  tree: ComposeNode,
  services: readonly ComposeService[],
): ReadonlyMap<string, ComposeNetwork> {
  const keys = new Set(services.flatMap(({ networks }) => networks))
  return new Map(
    [...keys].map((key) => {
      const network = child(tree, 'networks', key)
      const external = child(network, 'external')
      const isExternal = external?.kind === 'mapping' || (external?.kind === 'scalar' && external.text === 'true')
      const name = textAt(network, 'name') ?? textAt(external, 'name') ?? (isExternal ? key : `${project}_${key}`)
      return [key, { name, external: isExternal }]
    }),
  )
}

/** A file that several services extend is read for each of them. */
function distinct(problems: readonly ComposeProblem[]): readonly ComposeProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
