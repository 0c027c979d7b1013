// What a request's field is to the entrypoint, by its name.
import { rememberByText } from '../exchange/known-texts.ts'

export type Role =
  | 'end-to-end'
  | 'host'
  | 'content-length'
  | 'transfer-encoding'
  | 'connection'
  | 'expect'
  | 'te'
  | 'cookie'
  | 'forwarded'
  | 'forwarded-for'
  | 'claimed'
  | 'dropped'

/** Fields the entrypoint has a word in; every other name is end-to-end. Connection cannot strip anything listed here. */
const roleByName: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['host', 'host'],
  ['content-length', 'content-length'],
  ['transfer-encoding', 'transfer-encoding'],
  ['connection', 'connection'],
  ['expect', 'expect'],
  ['te', 'te'],
  ['cookie', 'cookie'],
  ['forwarded', 'forwarded'],
  ['x-real-ip', 'forwarded'],
  ['x-forwarded-for', 'forwarded-for'],
  // Names this proxy, whatever the client says it is.
  ['x-forwarded-server', 'claimed'],
  ['keep-alive', 'dropped'],
  ['trailer', 'dropped'],
  // The forwarder of upgrades writes its own.
  ['upgrade', 'dropped'],
  ['http2-settings', 'dropped'],
  // Becomes HTTP_PROXY in a CGI's environment (httpoxy, CVE-2016-5385).
  ['proxy', 'dropped'],
])

/**
 * What becomes of fields with an underscore in their name, Traefik's underscoreHeadersStrategy. `delete`: nobody sees them.
 * `keep`: everybody does, but for aliases of X-Forwarded-* from a client that is not trusted. Neither: as `keep`, but no
 * alias of a name we manage passes. By name as spelled, so that a name seen before need not be lower-cased.
 */
export function fieldRoles(underscores: 'keep' | 'delete' | 'reject' | undefined): (name: string) => Role {
  return underscores === 'keep' ? keptRoleOf : underscores === undefined ? ownRoleOf : deletedRoleOf
}

const ownRoleOf = rememberByText((name) => findRole(name.toLowerCase(), dropAlias))
const keptRoleOf = rememberByText((name) => findRole(name.toLowerCase(), keepAlias))
const deletedRoleOf = rememberByText((name) =>
  name.includes('_') ? 'claimed' : findRole(name.toLowerCase(), dropAlias),
)

function findRole(name: string, aliasOf: (role: Role) => Role): Role {
  const role = roleByName.get(name)
  if (role !== undefined) return role
  if (name.startsWith('x-forwarded-')) return 'forwarded'
  if (name.startsWith('proxy-')) return 'dropped'
  return name.includes('_') ? aliasOf(findRole(name.replaceAll('_', '-'), dropAlias)) : 'end-to-end'
}

/** CGI and WSGI read X_Forwarded_For and X-Forwarded-For as one variable, so the alias of a name we manage goes. */
function dropAlias(role: Role): Role {
  return role === 'end-to-end' ? role : 'claimed'
}

function keepAlias(role: Role): Role {
  return role === 'forwarded' || role === 'forwarded-for' || role === 'claimed' ? 'forwarded' : 'end-to-end'
}
