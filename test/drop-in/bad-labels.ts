// Bad labels, a row for each: what is wrong with them, what of their container works all the same, and what is said.
import type { FakeContainer } from '../support/fake-engine.ts'

export interface Case {
  readonly name: string
  /** Beside `traefik.http.routers.bad.rule`, unless it is among them. */
  readonly labels: Readonly<Record<string, string>>
  readonly container?: Partial<FakeContainer>
  /** What bad.test answers. */
  readonly status: 200 | 404 | 503
  readonly severity?: 'error' | 'warning'
  /** Undefined: no single label is to blame. */
  readonly label: string | undefined
  readonly reason: RegExp
  /** Undefined: the reason says it. */
  readonly hint: RegExp | undefined
}

const root = 'traefik.http'

export const undecodable: readonly Case[] = [
  {
    name: 'unknown field of a router: the router lives',
    labels: { [`${root}.routers.bad.entrypoint`]: 'http' },
    status: 200,
    label: `${root}.routers.bad.entrypoint`,
    reason: /^unknown field "entrypoint"$/,
    hint: /^did you mean "entryPoints"\?$/,
  },
  {
    name: 'unknown field of a service: its port is found without it',
    labels: { [`${root}.services.bad.loadbalancer.server.prot`]: '80' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.server.prot`,
    reason: /^unknown field "prot"$/,
    hint: /^did you mean "port"\?$/,
  },
  {
    name: 'a misspelt list of middlewares: the router is not served unguarded',
    labels: { [`${root}.routers.bad.middlewears`]: 'auth' },
    status: 503,
    label: `${root}.routers.bad.middlewears`,
    reason: /^unknown field "middlewears"$/,
    hint: /^did you mean "middlewares"\?$/,
  },
  {
    name: 'unknown kind of middleware: who uses it is not served',
    labels: { [`${root}.middlewares.m.stripprefx.prefixes`]: '/a', [`${root}.routers.bad.middlewares`]: 'm' },
    status: 503,
    label: `${root}.middlewares.m.stripprefx.prefixes`,
    reason: /^unknown field "stripprefx"$/,
    hint: /^did you mean "stripPrefix"\?$/,
  },
  {
    name: 'not a boolean: the default holds',
    labels: { [`${root}.services.bad.loadbalancer.passhostheader`]: 'maybe' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.passhostheader`,
    reason: /^"maybe" is not true or false$/,
    hint: undefined,
  },
  {
    name: 'an empty boolean: the default holds',
    labels: { [`${root}.services.bad.loadbalancer.passhostheader`]: '' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.passhostheader`,
    reason: /^"" is not true or false$/,
    hint: undefined,
  },
  {
    name: 'not a number: the priority is the default one',
    labels: { [`${root}.routers.bad.priority`]: 'high' },
    status: 200,
    label: `${root}.routers.bad.priority`,
    reason: /^"high" is not a whole number$/,
    hint: undefined,
  },
  {
    name: 'a number out of range: the exposed port is taken',
    labels: { [`${root}.services.bad.loadbalancer.server.port`]: '70000' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.server.port`,
    reason: /^"70000" is not between 1 and 65535$/,
    hint: undefined,
  },
  {
    name: 'not a duration: the service serves',
    labels: {
      [`${root}.services.bad.loadbalancer.healthcheck.path`]: '/',
      [`${root}.services.bad.loadbalancer.healthcheck.interval`]: 'soon',
    },
    status: 200,
    label: `${root}.services.bad.loadbalancer.healthcheck.interval`,
    reason: /^"soon" is not a duration$/,
    hint: /^write 30 \(seconds\), 500ms or 1m30s$/,
  },
  {
    name: 'not one of the words: the attribute is left out',
    labels: { [`${root}.services.bad.loadbalancer.sticky.cookie.samesite`]: 'stric' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.sticky.cookie.samesite`,
    reason: /^"stric" is not one of: none, lax, strict$/,
    hint: /^did you mean "strict"\?$/,
  },
  {
    name: 'an entry of a list that cannot be: its middleware is missing, who uses it is not served',
    labels: {
      [`${root}.middlewares.lan.ipallowlist.sourcerange`]: '10.0.0.0/99',
      [`${root}.routers.bad.middlewares`]: 'lan',
    },
    status: 503,
    label: `${root}.middlewares.lan.ipallowlist.sourcerange`,
    reason: /^"10.0.0.0\/99" is not an IP address or range$/,
    hint: undefined,
  },
  {
    name: 'a value where fields belong: they are not guessed',
    labels: { [`${root}.services.bad.loadbalancer.server`]: '80' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.server`,
    reason: /^"80" is not read: "server" has fields$/,
    hint: /port/,
  },
  {
    name: 'an empty name in a path: that label alone is not read',
    labels: { [`${root}.routers..rule`]: 'Host(`nobody.test`)' },
    status: 200,
    label: `${root}.routers..rule`,
    reason: /empty/,
    hint: undefined,
  },
  {
    name: 'servers as a list: the container is the server',
    labels: { [`${root}.services.bad.loadbalancer.servers[0].url`]: 'http://10.0.0.1' },
    status: 200,
    label: `${root}.services.bad.loadbalancer.servers[0].url`,
    reason: /^unknown field "servers"$/,
    hint: /^write server\.port for the container itself/,
  },
  {
    name: 'an enable label that cannot be read: the container is left out',
    labels: { 'traefik.enable': 'maybe' },
    status: 404,
    label: 'traefik.enable',
    reason: /^"maybe" is not true or false$/,
    hint: undefined,
  },
  {
    name: 'more labels than anybody needs: none is read',
    labels: Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`${root}.routers.r${i}.rule`, 'Host(`bad.test`)']),
    ),
    status: 404,
    label: undefined,
    reason: /^301 labels are more than 256: none of them is read$/,
    hint: undefined,
  },
]

export const unbuildable: readonly Case[] = [
  {
    name: 'no port: the route answers that nobody is there',
    labels: {},
    container: { exposed: [] },
    status: 503,
    label: undefined,
    reason: /^has no port: the container exposes none and no label names one$/,
    hint: /^add the label traefik\.http\.services\.bad-other\.loadbalancer\.server\.port=…$/,
  },
  {
    name: 'no address: the route answers that nobody is there',
    labels: {},
    container: { networks: {}, networkMode: 'none' },
    status: 503,
    label: undefined,
    reason: /^has no address: it is attached to no network$/,
    hint: /^attach it to a network$/,
  },
  {
    name: 'a URL beside a port: neither is used for the other',
    labels: {
      [`${root}.services.bad.loadbalancer.server.url`]: 'http://127.201.0.3:80',
      [`${root}.services.bad.loadbalancer.server.port`]: '80',
    },
    status: 200,
    label: `${root}.services.bad.loadbalancer.server.url`,
    reason: /^server\.url stands beside server\.port or server\.scheme, and is not used$/,
    hint: /^leave out one of them$/,
  },
  {
    name: 'a URL of somebody else: nobody is asked on a label’s behalf',
    labels: { [`${root}.services.bad.loadbalancer.server.url`]: 'http://169.254.169.254/' },
    status: 503,
    label: `${root}.services.bad.loadbalancer.server.url`,
    reason: /^"http:\/\/169\.254\.169\.254\/" is not an address of this container$/,
    hint: /server\.port/,
  },
]

export const unlinkable: readonly Case[] = [
  {
    name: 'a rule that cannot be read: that router takes no requests',
    labels: { [`${root}.routers.bad.rule`]: 'Hots(`bad.test`)' },
    status: 404,
    label: `${root}.routers.bad.rule`,
    reason: /^Hots\(`bad\.test`\): .* at character 1$/,
    hint: /^did you mean "Host"\?$/,
  },
  {
    name: 'an expression that cannot be read: that router takes no requests',
    labels: { [`${root}.routers.bad.rule`]: 'Host(`bad.test`) && PathRegexp(`(open`)' },
    status: 404,
    label: `${root}.routers.bad.rule`,
    reason: /\(open.* at character/,
    hint: undefined,
  },
  {
    name: 'an expression that RE2 refuses, since it could stall the proxy',
    labels: { [`${root}.routers.bad.rule`]: 'Host(`bad.test`) && PathRegexp(`(a)\\1`)' },
    status: 404,
    label: `${root}.routers.bad.rule`,
    reason: / at character/,
    hint: undefined,
  },
  {
    name: 'a middleware that is not there: the router is not served without it',
    labels: { [`${root}.routers.bad.middlewares`]: 'auht', [`${root}.middlewares.auth.addprefix.prefix`]: '/x' },
    status: 503,
    label: `${root}.routers.bad.middlewares`,
    reason: /^middleware "auht@docker" does not exist$/,
    hint: /^did you mean "auth"\?$/,
  },
  {
    name: 'a service that is not there: that router takes no requests',
    labels: {
      [`${root}.routers.bad.service`]: 'bda',
      [`${root}.services.bad.loadbalancer.server.port`]: '80',
    },
    status: 404,
    label: `${root}.routers.bad.service`,
    reason: /^service "bda@docker" does not exist$/,
    hint: /^did you mean "bad"\?$/,
  },
  {
    name: 'a bad expression in a middleware: who uses it is not served',
    labels: {
      [`${root}.routers.bad.middlewares`]: 'move',
      [`${root}.middlewares.move.redirectregex.regex`]: '(open',
      [`${root}.middlewares.move.redirectregex.replacement`]: '/',
    },
    status: 503,
    label: `${root}.routers.bad.middlewares`,
    reason: /^middleware "move@docker": .*\(open/,
    hint: undefined,
  },
  {
    name: 'a middleware without the option it is about: who uses it is not served',
    labels: {
      [`${root}.routers.bad.middlewares`]: 'tls',
      [`${root}.middlewares.tls.redirectscheme.permanent`]: 'true',
    },
    status: 503,
    label: `${root}.middlewares.tls.redirectscheme.permanent`,
    reason: /^"redirectscheme" has no "scheme"$/,
    hint: undefined,
  },
  {
    name: 'two kinds of middleware under one name: neither is chosen',
    labels: {
      [`${root}.routers.bad.middlewares`]: 'two',
      [`${root}.middlewares.two.addprefix.prefix`]: '/a',
      [`${root}.middlewares.two.replacepath.path`]: '/b',
    },
    status: 503,
    label: `${root}.middlewares.two.replacepath.path`,
    reason: /^"addPrefix" and "replacePath" stand under one name$/,
    hint: /^give each a name of its own$/,
  },
  {
    name: 'an unknown entrypoint among known ones: the others serve',
    labels: { [`${root}.routers.bad.entrypoints`]: 'http,htttp' },
    status: 200,
    severity: 'warning',
    label: `${root}.routers.bad.entryPoints`,
    reason: /^entrypoint "htttp" does not exist$/,
    hint: /^did you mean "http"\?$/,
  },
  {
    name: 'none but unknown entrypoints: that router stands nowhere',
    labels: { [`${root}.routers.bad.entrypoints`]: 'web' },
    status: 404,
    label: `${root}.routers.bad.entryPoints`,
    reason: /^entrypoint "web" does not exist$/,
    hint: undefined,
  },
  {
    name: 'a kind that does not run yet: who uses it is not served',
    labels: {
      [`${root}.routers.bad.middlewares`]: 'users',
      [`${root}.middlewares.users.basicauth.users`]: 'anna:$apr1$x$y',
    },
    status: 503,
    label: `${root}.routers.bad.middlewares`,
    reason: /^middleware "users@docker": the basicAuth middleware is not supported yet$/,
    hint: undefined,
  },
]
