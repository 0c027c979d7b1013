// The balancer-manager as a person sees it: in a real browser, while members work, come and go.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { ensureChromium } from '../../compose/setup/chromium.ts'
import { startMuster } from '../support/app.ts'
import { configFile, openMember } from '../support/file-config.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'

const host = 'demo.res.ch'
const ceilingMs = 10_000
const found = await ensureChromium()
const skip = found.kind === 'missing' ? found.reason : false
let browser: Browser

before(async () => {
  if (found.kind === 'missing') return
  // As root there is no sandbox; the rest keeps the browser from calling home.
  const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update']
  browser = await chromium.launch({ executablePath: found.path, args })
})
after(() => browser?.close())

test('one table per balancer, one row per member, counting as requests come', { skip }, async () => {
  await using a = await openMember('a')
  await using b = await openMember('b')
  await using config = await configFile(twoServices([a.url, b.url]))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await using page = await openPage(muster.apiPort)
  await page.waitForSelector('section table')

  assert.deepEqual(await page.locator('h2').allTextContents(), ['balancer://dynamic@file', 'balancer://static@file'])
  const columns = await page.locator('section').first().locator('th').allTextContents()
  assert.deepEqual(columns, ['Worker URL', 'Route', 'Container', 'Factor', 'Status', 'Elected', 'Busy', 'To', 'From'])
  const rows = page.locator('section').first().locator('tbody tr')
  assert.equal(await rows.count(), 2)
  assert.deepEqual(await rows.locator('.state').allTextContents(), ['ready', 'ready'])

  for (let i = 0; i < 6; i++) await ask(muster.port, '/api/', { host })
  await eventually(async () => {
    assert.deepEqual(await rows.locator('td:nth-child(6)').allTextContents(), ['3', '3'])
  }, ceilingMs)
  assert.deepEqual(page.trouble, [])
})

test('a member that is gone leaves the page without a reload, and lost contact is said', { skip }, async () => {
  await using a = await openMember('a')
  await using b = await openMember('b')
  await using config = await configFile(twoServices([a.url, b.url]))
  await using muster = await startMuster(`--providers.file.filename=${config.path}`)
  await using page = await openPage(muster.apiPort)
  const rows = page.locator('section').first().locator('tbody tr')
  await eventually(async () => assert.equal(await rows.count(), 2), ceilingMs)
  await config.write(twoServices([a.url]))
  await eventually(async () => assert.equal(await rows.count(), 1), ceilingMs)
  await muster[Symbol.asyncDispose]()
  await page.waitForSelector('#freshness.stale')
  assert.equal(await page.locator('section').count(), 2)
})

async function openPage(port: number): Promise<Page & { readonly trouble: string[] }> {
  const page = await browser.newPage()
  const trouble: string[] = []
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
  page.on('pageerror', (error) => trouble.push(error.message))
  await page.goto(`http://127.0.0.1:${port}/`)
  assert.match(page.url(), /\/balancer-manager$/)
  return Object.assign(page, { trouble, [Symbol.asyncDispose]: () => page.close() })
}

function twoServices(urls: readonly string[]): string {
  const servers = urls.map((url) => `{ url: '${url}' }`).join(', ')
  return `
http:
  routers:
    static: { rule: Host(\`${host}\`) && PathPrefix(\`/\`), service: static }
    dynamic: { rule: Host(\`${host}\`) && PathPrefix(\`/api/\`), service: dynamic }
  services:
    static: { loadBalancer: { servers: [${servers}], sticky: { cookie: { name: static_cookie } } } }
    dynamic: { loadBalancer: { servers: [${servers}] } }
`
}
