// What Traefik has and Muster does not do, or not in whole, where a configuration is of use without it: accepted with a
// warning, so that existing flags start.

/** The sentences; an option ignored for one of them is told in a warning, others only in the list of what has no effect. */
export const notYet = {
  tls: 'TLS is not supported yet: routers that need it are not reachable, and no certificate is obtained',
  memberTls: 'TLS to members is not supported yet',
  http2: 'HTTP/2 and HTTP/3 are not supported yet',
  udp: 'UDP is not supported yet',
  tcp: 'TCP is not supported yet',
  logFile: 'the log goes to standard output: a log file is not supported yet',
  debug: 'there are no debugging pages',
  aliases: 'of names that alias another only those with an underscore are looked at yet, not X.Auth.User and the like',
  dynamic: 'this is dynamic configuration, which is read from the files that providers.file names',
  headerLabels: 'metric labels from request headers are not supported yet',
} as const

const sentences: ReadonlySet<string> = new Set(Object.values(notYet))

export function isNotYet(sentence: string): boolean {
  return sentences.has(sentence)
}
