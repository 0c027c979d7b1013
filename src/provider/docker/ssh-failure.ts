// What ssh complains of → what to do about it.
import type { EngineError } from './engine.ts'
import { engineFailure, engineFailureWith } from './engine-failure.ts'

/** Its words, as OpenSSH, the shell over there and docker have had them for many years. */
const known: readonly (readonly [RegExp, string])[] = [
  [
    /host key verification failed/i,
    'the key of that host must stand in known_hosts of the user Muster runs as: connect once by hand, or use ssh-keyscan',
  ],
  [
    /permission denied \(/i,
    'the public key of the user Muster runs as must stand in authorized_keys over there, and its private key must need no passphrase',
  ],
  [/dial-stdio' is not a docker command/i, 'docker over there must be 18.09 or newer'],
  [/(?:command )?not found/i, 'docker must be installed over there, on the path of that user'],
  [/permission denied while trying to connect/i, 'that user must be in the group docker over there'],
  [/cannot connect to the docker daemon/i, 'is the Docker engine running over there?'],
  [
    /could not resolve|connection refused|timed out|no route to host|unreachable/i,
    'is that host up, and its name right?',
  ],
]

/**
 * @param exitCode null: it was killed by a signal
 * @param complaint the end of what it wrote to standard error
 */
export function explainSsh(exitCode: number | null, complaint: string, endpoint: string): EngineError {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.findLast((line) => known.some(([words]) => words.test(line)))
  const reason = telling ?? lines.at(-1) ?? `ssh ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}`
  const wayOut = known.find(([words]) => words.test(reason))?.[1]
  return wayOut === undefined
    ? engineFailure('ssh', endpoint, reason)
    : engineFailureWith({ code: 'ssh', endpoint, reason, wayOut })
}
