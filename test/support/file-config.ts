// Members and a configuration file for tests that run all of Muster without an engine.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestMember extends AsyncDisposable {
  readonly url: string
}

/** Answers with its name and what it was asked for. */
export function openMember(name: string): Promise<TestMember> {
  return openMemberWith((request, response) => {
    response.end(`${name} ${request.url} x-forwarded-prefix=${String(request.headers['x-forwarded-prefix'])}`)
  })
}

export async function openMemberWith(answer: RequestListener): Promise<TestMember> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

export interface ConfigFile extends AsyncDisposable {
  readonly path: string
  write(text: string): Promise<void>
}

export async function configFile(text: string): Promise<ConfigFile> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-story-'))
  const path = join(directory, 'dynamic.yaml')
  await writeFile(path, text)
  return {
    path,
    write: (next) => writeFile(path, next),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}
