// The npm package http-proxy, plain: what a proxy in Node costs when nobody took pains.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { SetupError } from '../../../compose/setup/run.ts'
import type { Peer } from './peer.ts'

const program = join(import.meta.dirname, '..', 'programs', 'http-proxy.ts')

export const httpProxy: Peer = {
  name: 'http-proxy',
  debian: undefined,
  version: () => ({ command: process.execPath, args: ['-p', `'${packageVersion()}'`] }),
  prepare({ duty, port, backends }) {
    if (duty === 'pipeline') {
      throw new SetupError('http-proxy is a library: it has no rules, cookies or prefixes of its own')
    }
    const args = ['--disable-warning=DEP0060', program, String(port), ...backends.map(String)]
    return Promise.resolve({ command: process.execPath, args })
  },
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('http-proxy/package.json') as { version: string }).version
}
