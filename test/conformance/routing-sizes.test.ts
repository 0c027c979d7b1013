// R8: an index that is only used for many routers must not answer otherwise than a scan of one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { startMuster } from '../support/app.ts'
import { configFile } from '../support/file-config.ts'
import { connectRaw } from '../support/raw-peer.ts'
import { ok, startRecordingMember } from './recording-member.ts'
import { readAnswers, request } from './stage.ts'

const sizes = [1, 100, 10_000]
const lookupCount = 150

/** Spellings of the one router that is there at every size, and of what is nearly it. */
const host = fc.constantFrom(
  'app.shop.local',
  'app.shop.local.',
  'app.shop.local:8080',
  'xapp.shop.local',
  'app.shop.local.evil',
  'app.shop.localx',
  'shop.local',
  'a.app.shop.local',
  'appXshop.local',
  'localhost',
)
const path = fc.constantFrom(
  '/api/items',
  '/api',
  '/apis',
  '/ap',
  '/api/../items',
  '/x/../api/items',
  '//api/items',
  '/api%2Fitems',
  '/API/items',
  '/api/items?x=/../y',
)
const lookup = fc.tuple(mixedCase(host), escaped(path))

function mixedCase(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }))
    .map(([plain, upper]) => [...plain].map((each, i) => (upper[i] === true ? each.toUpperCase() : each)).join(''))
}

/** Any of its letters and dots as %xx, in either case: the same path to whoever decodes them. */
function escaped(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(text, fc.array(fc.nat(5), { minLength: 32, maxLength: 32 })).map(([plain, how]) =>
    [...plain]
      .map((each, i) => {
        const code = each.charCodeAt(0).toString(16)
        if (!/[a-z.]/i.test(each) || /\?|%/.test(plain)) return each
        return how[i] === 1 ? `%${code}` : how[i] === 2 ? `%${code.toUpperCase()}` : each
      })
      .join(''),
  )
}

test('R8: random spellings of host and path are answered alike by 1, 100 and 10,000 routers', async () => {
  const lookups = fc.sample(lookup, { numRuns: lookupCount, seed: 42 })
  const [one = [], ...more] = await Promise.all(sizes.map((size) => answersAt(size, lookups)))
  assert.ok(one.includes('200 wanted') && one.includes('404'), 'some are found and some are not')
  for (const answers of more) {
    for (const [i, answer] of answers.entries()) assert.equal(answer, one[i], JSON.stringify(lookups[i]))
  }
})

async function answersAt(size: number, lookups: readonly (readonly [string, string])[]): Promise<string[]> {
  await using wanted = await startRecordingMember(() => ok('wanted'))
  await using other = await startRecordingMember(() => ok('other'))
  const fillers = Array.from({ length: size - 1 }, (_, i) => {
    const rule =
      i % 3 === 0
        ? `Host(\`f${i}.shop.local\`)`
        : i % 3 === 1
          ? `Host(\`*.f${i}.local\`) && PathPrefix(\`/api\`)`
          : `Host(\`F${i}.Shop.Local\`) && Path(\`/api/items\`)`
    return `    f${i}: { rule: '${rule}', service: other }\n`
  })
  await using config = await configFile(`
http:
  routers:
    wanted: { rule: 'Host(\`App.Shop.Local\`) && PathPrefix(\`/api\`)', service: wanted }
${fillers.join('')}
  services:
    wanted: { loadBalancer: { servers: [{ url: '${wanted.url}' }] } }
    other: { loadBalancer: { servers: [{ url: '${other.url}' }] } }
`)
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  await using client = await connectRaw(muster.port)
  for (const [name, target] of lookups) client.send(request(`GET ${target}`, [`Host: ${name}`]))
  client.send(request('GET /', ['Connection: close']))
  const answers = readAnswers(await client.all()).slice(0, -1)
  assert.equal(answers.length, lookups.length)
  return answers.map(({ status, body }) => (status === 200 ? `${status} ${body}` : `${status}`))
}
