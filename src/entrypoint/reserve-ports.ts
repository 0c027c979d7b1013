// Finds out, before threads share a port, that it is free and which one it is.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { listenError } from './entrypoint-error.ts'

export interface Address {
  /** Undefined: every address, IPv6 included. */
  readonly host: string | undefined
  /** 0: any free one. */
  readonly port: number
}

/**
 * The port of each address, by name. A shared port is refused to nobody of the same user, so a second Muster would take
 * half of the first one's connections without a word; asked for alone, as here, the port is refused while anyone has it.
 * Rejects with an EntrypointError.
 */
export async function reservePorts(addresses: ReadonlyMap<string, Address>): Promise<ReadonlyMap<string, number>> {
  await using stack = new AsyncDisposableStack()
  const ports = new Map<string, number>()
  for (const [name, { host, port }] of addresses) {
    const server = stack.use(createServer())
    try {
      server.listen({ host, port })
      await once(server, 'listening')
    } catch (error) {
      throw listenError(name, `${host ?? ''}:${port}`, error as NodeJS.ErrnoException)
    }
    ports.set(name, (server.address() as AddressInfo).port)
  }
  return ports
}
