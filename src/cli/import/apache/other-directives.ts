// Directives that become nothing: why, or which one was probably meant.
import { nearest } from '../../../model/nearest.ts'
import type { Severity } from '../remark.ts'

/** Directives that the import reads. */
const readDirectives: readonly string[] = [
  'BalancerMember',
  'ProxySet',
  'ProxyPass',
  'ProxyPassMatch',
  'ProxyPassReverse',
  'ProxyPassReverseCookiePath',
  'ProxyPassReverseCookieDomain',
  'ProxyPreserveHost',
  'ProxyHCExpr',
  'ProxyHCTemplate',
  'ServerName',
  'ServerAlias',
  'Header',
  'RequestHeader',
  'Define',
  'UnDefine',
  'SetHandler',
  'VirtualHost',
  'Proxy',
  'ProxyMatch',
  'Location',
  'LocationMatch',
  'IfModule',
  'IfDefine',
  'IfVersion',
  'IfFile',
  'IfSection',
  'IfDirective',
]

type Row = readonly [names: RegExp, reason: string, severity?: Severity]

const guard =
  'access control is not imported: what it guarded is open to everybody until you give the router a middleware for it'

const rows: readonly Row[] = [
  [/^(include|includeoptional)$/, 'is not followed: import that file as well', 'warning'],
  [
    /^(auth.*|require(any|all|none)?|deny|allow|order|satisfy|limit|limitexcept|ssl(require|requiressl|verifyclient))$/,
    guard,
    'warning',
  ],
  [/log(level|format)?$|^logio/, 'Muster writes one access log (--accesslog) and one log of its own (--log.level)'],
  [/^ssl|^protocols/, 'Muster speaks no TLS yet: put a TLS terminator before it'],
  [/^loadmodule$|^loadfile$/, 'Muster has no modules to load'],
  [/^(listen|namevirtualhost)$/, 'entrypoints listen: --entrypoints.web.address=:80'],
  [/^rewrite/, "write it as a router's rule, or as a redirectRegex or replacePathRegex middleware", 'warning'],
  [/^redirect/, 'write it as a redirectScheme or redirectRegex middleware', 'warning'],
  [/^(errordocument|proxyerroroverride)$/, "members' own error pages are passed on"],
  [
    /^(timeout|proxytimeout)$/,
    'timeouts are --serversTransport.forwardingTimeouts.* and --entrypoints.<name>.transport.*',
  ],
  [/keepalive/, 'connections are kept: --entrypoints.<name>.transport.keepAliveMaxRequests'],
  [/^limit|^requestread/, 'limits of requests are --limits.* and --entrypoints.<name>.http.maxHeaderBytes'],
  [
    /^proxy(requests|via|addheaders|iobuffersize|receivebuffersize|badheader|domain|block|remote.*)$/,
    'Muster is a reverse proxy only, and always adds X-Forwarded-For, -Host and -Proto',
  ],
  [/^proxystatus$/, 'Muster shows its balancers on /balancer-manager'],
  [/^balancer(growth|inherit|persist)$/, 'members come and go by themselves, and edits on the page are kept'],
  [/^(setenv|setenvif|setenvifnocase|passenv|unsetenv|browsermatch.*)$/, 'Muster has no variables of requests'],
  [
    /^(documentroot|directory.*|files.*|alias.*|scriptalias.*|options|allowoverride|indexoptions|addtype|addhandler|addoutputfilter.*|expires.*|cache.*|deflate.*)$/,
    'Muster serves no files',
  ],
  [
    /^(server(admin|limit|root|signature|tokens|path)|usecanonical.*|hostnamelookups|user|group|pidfile|mutex|.*workers?|threads.*|start.*|.*spare.*|mpm.*|max.*)$/,
    'this is about Apache itself',
  ],
  [
    /^(if|elseif|else)$/,
    'its condition is evaluated per request, which Muster cannot: what stands in it is not imported',
    'warning',
  ],
  [/^(use|macro)$/, 'macros are not expanded: import what it stands for', 'warning'],
]

/** Directives of Apache's that would pass for a misspelt one. */
const alike = /^(headername|noproxy|proxypassinherit|reflectorheader|remoteipheader|removehandler)$/

export function whyNot(name: string): { readonly severity: Severity; readonly reason: string } {
  const key = name.toLowerCase()
  const row = rows.find(([names]) => names.test(key))
  if (row !== undefined) return { severity: row[2] ?? 'note', reason: row[1] }
  const meant = alike.test(key) ? undefined : nearest(name, readDirectives)
  if (meant !== undefined && meant.toLowerCase() !== key) {
    return { severity: 'error', reason: `there is no directive "${name}"; did you mean "${meant}"?` }
  }
  return { severity: 'note', reason: 'no equivalent in Muster' }
}
