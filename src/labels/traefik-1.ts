// The labels of Traefik 1, which stand on many containers still, and what they are called now.

/** By the beginning of the old label, in lower case; the longest one that fits counts. */
const successors: ReadonlyMap<string, string> = new Map([
  ['backend', 'http.routers.<router>.service'],
  ['backend.circuitbreaker', 'http.middlewares.<middleware>.circuitbreaker'],
  ['backend.healthcheck', 'http.services.<service>.loadbalancer.healthcheck'],
  ['backend.loadbalancer.method', 'http.services.<service>.loadbalancer.strategy'],
  ['backend.loadbalancer.sticky', 'http.services.<service>.loadbalancer.sticky.cookie'],
  ['backend.loadbalancer.stickiness', 'http.services.<service>.loadbalancer.sticky.cookie'],
  ['backend.loadbalancer.swarm', 'swarm.lbswarm'],
  ['backend.maxconn', 'http.middlewares.<middleware>.inflightreq.amount'],
  ['domain', 'http.routers.<router>.rule'],
  ['frontend', 'http.routers.<router>'],
  ['frontend.auth.basic', 'http.middlewares.<middleware>.basicauth.users'],
  ['frontend.auth.digest', 'http.middlewares.<middleware>.digestauth.users'],
  ['frontend.auth.forward', 'http.middlewares.<middleware>.forwardauth.address'],
  ['frontend.entrypoints', 'http.routers.<router>.entrypoints'],
  ['frontend.errors', 'http.middlewares.<middleware>.errors'],
  ['frontend.headers', 'http.middlewares.<middleware>.headers'],
  ['frontend.passhostheader', 'http.services.<service>.loadbalancer.passhostheader'],
  ['frontend.passtlscert', 'http.middlewares.<middleware>.passtlsclientcert'],
  ['frontend.passtlsclientcert', 'http.middlewares.<middleware>.passtlsclientcert'],
  ['frontend.priority', 'http.routers.<router>.priority'],
  ['frontend.ratelimit', 'http.middlewares.<middleware>.ratelimit'],
  ['frontend.redirect', 'http.middlewares.<middleware>.redirectregex'],
  ['frontend.redirect.entrypoint', 'http.middlewares.<middleware>.redirectscheme.scheme'],
  ['frontend.rule', 'http.routers.<router>.rule'],
  ['frontend.whitelist', 'http.middlewares.<middleware>.ipallowlist.sourcerange'],
  ['port', 'http.services.<service>.loadbalancer.server.port'],
  ['protocol', 'http.services.<service>.loadbalancer.server.scheme'],
  ['weight', 'http.services.<service>.loadbalancer.server.weight'],
])

/** @param path the names after the root; of a segment label (`traefik.api.frontend.rule`) without the segment as well */
export function successorOf(path: readonly string[]): string | undefined {
  for (const rest of [path, path.slice(1)]) {
    for (let length = rest.length; length > 0; length--) {
      const successor = successors.get(rest.slice(0, length).join('.').toLowerCase())
      if (successor !== undefined) return `since Traefik 2: traefik.${successor}`
    }
  }
  return undefined
}
