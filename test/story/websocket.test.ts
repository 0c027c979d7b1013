// A WebSocket through all of Muster: rule, stripPrefix, sticky cookie and tunnel, with a real client and real members.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { ask } from '../support/edge.ts'
import { configFile } from '../support/file-config.ts'
import { startMuster } from '../support/app.ts'

test('a tunnel carries messages both ways, to the path without the prefix', async () => {
  await using a = await openChat('a')
  await using config = await configFile(chatService([a.url]))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  await using client = await connect(muster.port)
  assert.equal(await client.say('hello'), 'a /room: hello')
  assert.equal(await client.say('x'.repeat(100_000)), `a /room: ${'x'.repeat(100_000)}`)
})

test('a client is given a sticky cookie with its upgrade and comes back to its member, by request or by upgrade', async () => {
  await using a = await openChat('a')
  await using b = await openChat('b')
  await using config = await configFile(chatService([a.url, b.url]))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  await using first = await connect(muster.port)
  const name = (await first.say('who')).slice(0, 1)
  assert.match(first.setCookie, /^chat=[0-9a-f]{16}; Path=\/$/)
  const cookie = first.setCookie.split(';')[0] ?? ''
  for (let i = 0; i < 3; i++) {
    await using again = await connect(muster.port, cookie)
    assert.equal((await again.say('who')).slice(0, 1), name)
    assert.equal(again.setCookie, '')
    const answer = await ask(muster.port, '/chat/', { fields: { cookie } })
    assert.equal(answer.status, 426)
    assert.equal(answer.fields.has('set-cookie'), false)
  }
})

test('a tunnel outlives an update of the configuration', async () => {
  await using a = await openChat('a')
  await using config = await configFile(chatService([a.url]))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  await using client = await connect(muster.port)
  await config.write('http: {}')
  await muster.logged(({ fields }) => String(fields['removed']).includes('router chat@file'))
  assert.equal(await client.say('still here'), 'a /room: still here')
})

test('an upgrade for no route is a 404, one that no member accepts a 502', async () => {
  await using config = await configFile(chatService(['http://127.0.0.1:1']))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  assert.equal(await refusal(`ws://127.0.0.1:${muster.port}/nowhere`), 404)
  assert.equal(await refusal(`ws://127.0.0.1:${muster.port}/chat/room`), 502)
})

function chatService(urls: readonly string[]): string {
  return `
http:
  routers: { chat: { rule: PathPrefix(\`/chat\`), service: chat, middlewares: [cut] } }
  middlewares: { cut: { stripPrefix: { prefixes: [/chat] } } }
  services:
    chat:
      loadBalancer:
        sticky: { cookie: { name: chat } }
        servers: [${urls.map((url) => `{ url: '${url}' }`).join(', ')}]
`
}

/** Answers every message with its name, the path it was reached by and the message. */
async function openChat(name: string) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (socket, request) => {
    socket.on('message', (data: Buffer) => socket.send(`${name} ${request.url}: ${data.toString()}`))
  })
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

async function connect(port: number, cookie?: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat/room`, cookie === undefined ? {} : { headers: { cookie } })
  const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>
  await once(socket, 'open')
  const [response] = await upgraded
  return {
    setCookie: response.headers['set-cookie']?.join() ?? '',
    async say(text: string): Promise<string> {
      const answered = once(socket, 'message') as Promise<[Buffer]>
      socket.send(text)
      const [answer] = await answered
      return answer.toString()
    },
    async [Symbol.asyncDispose]() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

async function refusal(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url)
  socket.on('error', () => undefined)
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  socket.terminate()
  return response.statusCode
}
