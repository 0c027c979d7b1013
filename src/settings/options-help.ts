// `muster --help`: the options, read off their schema.
import { schemaPaths } from '../labels/schema-paths.ts'
import type { SchemaPath } from '../labels/schema-paths.ts'
import { isRemoved } from './removed-options.ts'
import { settingsSchema } from './settings-schema.ts'

const intro = `muster [options]          the controller
muster healthcheck        whether it is well, with the same options
muster lint FILE…         what is wrong with the labels of compose files
muster plan FILE…         what would change if they were applied
muster explain URL        what would become of a request
muster scale SERVICE=N…   more or fewer replicas of compose services, drained before they go
muster import apache FILE what a mod_proxy_balancer configuration becomes
muster schema             a JSON schema of the labels, for editors
muster dockersocket       only the Docker API socket, with its options
muster whoami             an HTTP server that tells what it was asked
muster version

Options come from a file (--configFile, or muster.toml, .yaml or .yml in /etc/muster, $XDG_CONFIG_HOME, $HOME/.config or
here, then the same for traefik), else from the command line, else from the environment (MUSTER_API_INSECURE=true; TRAEFIK_
is read alike). Names are Traefik's, in any case.`

/** True when one of the words asks for it, wherever it stands, as with Traefik. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv.some((word) => ['-h', '--h', '-help', '--help'].includes(word))
}

export function optionsHelp(): string {
  const rows = [...schemaPaths(settingsSchema)]
  const working = Map.groupBy(
    rows.filter(({ inert }) => inert === undefined),
    ({ path }) => groupOf(path),
  )
  const others = Map.groupBy(
    rows.filter(({ path, inert }) => inert !== undefined && !isRemoved(inert) && path !== 'configFile'),
    ({ inert = '' }) => inert,
  )
  return [
    intro,
    ...[...working].map(([group, options]) => `${group}\n${options.map(optionLine).join('\n')}`),
    `Traefik has them, too\n${[...others].map(otherLine).join('\n')}`,
  ].join('\n\n')
}

function groupOf(path: string): string {
  const [first = '', second = ''] = path.split('.')
  return first === 'providers' && path.split('.').length > 2 ? `${first}.${second}` : first
}

function optionLine({ path, type, byDefault }: SchemaPath): string {
  const usual = byDefault === undefined || byDefault === '' ? '' : ` (${byDefault})`
  return `  --${path.padEnd(58)} ${type}${usual}`
}

function otherLine([sentence, options]: [string, readonly SchemaPath[]]): string {
  const names = options.map(({ path }) => path).join(', ')
  return `  ${names}: ${sentence}`
}
