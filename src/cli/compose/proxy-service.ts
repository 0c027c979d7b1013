// The proxy among a compose project's services, Traefik or Muster, and its static configuration as far as the files tell.
import { dirname } from 'node:path'
import { parseSettings } from '../../settings/parse-settings.ts'
import { SettingsError } from '../../settings/settings-error.ts'
import type { Settings } from '../../settings/settings.ts'
import type { ComposeProject, ComposeService, ComposeWord } from './project.ts'
import type { Position } from './tree.ts'

export interface ProxyService {
  readonly service: ComposeService
  /** Undefined: it is not to be seen from here, or nothing of it can be used. */
  readonly settings: Settings | undefined
  /** Why Muster would not start with these options. */
  readonly complaints: readonly Complaint[]
}

interface Complaint {
  readonly position: Position
  readonly reason: string
}

type ReadFile = (path: string) => string | undefined

/** Undefined when no service is one; the first of several. */
export async function findProxy({ services }: ComposeProject, readFile: ReadFile): Promise<ProxyService | undefined> {
  const service = services.find(isProxy)
  if (service === undefined) return undefined
  const [first, ...rest] = service.command ?? []
  const words = first !== undefined && /^(?:.*\/)?(?:traefik|muster)$/.test(first.text) ? rest : (service.command ?? [])
  return { service, ...(await readSettings(service, words, readFile)) }
}

/** What the image does instead when the first word asks for it. */
const otherCommands: ReadonlySet<string> = new Set([
  'whoami',
  'healthcheck',
  'lint',
  'plan',
  'explain',
  'import',
  'schema',
  'version',
])

function isProxy({ image, command }: ComposeService): boolean {
  if (otherCommands.has(command?.[0]?.text ?? '')) return false
  if (/^(?:.*\/)?(?:traefik|muster)(?:[:@].*)?$/.test(image ?? '')) return true
  return command?.some(({ text }) => /^--?(?:providers\.docker|entrypoints\.)/i.test(text)) ?? false
}

/** Without the words that cannot be used, each of which is a complaint: what the others say still counts. */
async function readSettings(
  service: ComposeService,
  words: readonly ComposeWord[],
  readFile: ReadFile,
): Promise<Pick<ProxyService, 'settings' | 'complaints'>> {
  const seen = new Map<string, string>()
  const readMounted = (path: string): string | undefined => {
    const host = hostPath(path, service.mounts)
    const text = host === undefined ? undefined : readFile(host)
    if (host !== undefined && text !== undefined) seen.set(path, host)
    return text
  }
  try {
    const env = Object.fromEntries(service.environment)
    const argv = words.map(({ text }) => text)
    const { settings, source } = await parseSettings({ argv, env, readFile: readMounted })
    return { settings: source === 'defaults' ? undefined : settings, complaints: [] }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    // A file out of a volume or an image of one's own: there is nothing to say about it.
    if (error.code === 'unreadable-file' && seen.size === 0) return { settings: undefined, complaints: [] }
    const lines = error.message
      .split('\n')
      .map((line) => ({ ...placed(line, service, seen), word: wordOf(line, words) }))
    const complaints = lines.map(({ reason, position, word }) => ({ reason, position: word?.position ?? position }))
    const wrong = new Set(lines.map(({ word }) => word))
    const usable = words.filter((word) => !wrong.has(word))
    if (usable.length === words.length) return { settings: undefined, complaints }
    const others = await readSettings(service, usable, readFile)
    return { ...others, complaints: [...complaints, ...others.complaints] }
  }
}

/** Where a path of the container is on the host; undefined where nothing is mounted. */
function hostPath(path: string, mounts: ReadonlyMap<string, string>): string | undefined {
  for (let at = path.replace(/\/+$/, ''); at !== '' && at !== '/' && at !== '.'; at = dirname(at)) {
    const source = mounts.get(at)
    if (source !== undefined) return `${source}${path.slice(at.length)}`
  }
  return undefined
}

/** A complaint about a file begins with its place in it. */
function placed(line: string, { position }: ComposeService, seen: ReadonlyMap<string, string>): Complaint {
  const [whole, path = '', row, column, rest = ''] = /^(\/[^:]*):(\d+):(\d+): (.*)$/s.exec(line) ?? []
  const file = seen.get(path)
  if (whole === undefined || file === undefined) return { position, reason: line }
  return { position: { file, line: Number(row), column: Number(column) }, reason: rest }
}

/** The word that the option in quotes, with which a reason begins, is taken from. */
function wordOf(line: string, words: readonly ComposeWord[]): ComposeWord | undefined {
  const [, option] = /"([^"]+)"/.exec(line) ?? []
  if (option === undefined) return undefined
  return words.find(({ text }) => text === option || text.startsWith(`${option}=`) || text.startsWith(`${option}.`))
}
