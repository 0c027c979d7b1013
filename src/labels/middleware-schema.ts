// The kinds of middleware: one row each. A kind that runs is a struct of its options; the others are known by name.
import { bool, byDefault, list } from './leaf.ts'
import { struct, unsupported, variants } from './schema.ts'
import type { Inert } from './schema.ts'

export const middleware = variants({
  stripPrefix: struct({
    prefixes: byDefault([], list()),
    forceSlash: byDefault(false, bool()),
  }),

  addPrefix: notYet('addPrefix'),
  basicAuth: notYet('basicAuth'),
  buffering: notYet('buffering'),
  chain: notYet('chain'),
  circuitBreaker: notYet('circuitBreaker'),
  compress: notYet('compress'),
  contentType: notYet('contentType'),
  digestAuth: notYet('digestAuth'),
  encodedCharacters: notYet('encodedCharacters'),
  errors: notYet('errors'),
  forwardAuth: notYet('forwardAuth'),
  grpcWeb: notYet('grpcWeb'),
  headers: notYet('headers'),
  inFlightReq: notYet('inFlightReq'),
  ipAllowList: notYet('ipAllowList'),
  ipWhiteList: notYet('ipWhiteList'),
  passTLSClientCert: notYet('passTLSClientCert'),
  plugin: notYet('plugin'),
  rateLimit: notYet('rateLimit'),
  redirectRegex: notYet('redirectRegex'),
  redirectScheme: notYet('redirectScheme'),
  replacePath: notYet('replacePath'),
  replacePathRegex: notYet('replacePathRegex'),
  retry: notYet('retry'),
  stripPrefixRegex: notYet('stripPrefixRegex'),
})

function notYet(kind: string): Inert {
  return unsupported(`the ${kind} middleware is not supported yet`)
}
