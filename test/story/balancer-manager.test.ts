// The balancer-manager as a person sees it: in a real browser, while members work, come and go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openManagerStage } from '../support/manager-stage.ts'

const ceilingMs = 10_000
const { skip, visit } = await useBrowser()

test('one table per balancer with Apache’s columns, one row per member, live', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`)
  assert.match(page.url(), /\/balancer-manager$/)
  await page.waitForSelector('section table')

  const headings = await page.locator('section h2').allTextContents()
  assert.deepEqual(headings, ['balancer://dynamic@file', 'balancer://static@file'])
  const columns = await page.locator('section').first().locator('th').allTextContents()
  const apache = 'Worker URL,Route,RouteRedir,Factor,Set,Status,Elected,Busy,Load,To,From'.split(',')
  assert.deepEqual(columns, [...apache, 'p50 / p99', 'Errors', 'Requests/s'])
  const rows = page.locator('section').first().locator('[data-key]')
  assert.equal(await rows.count(), 2)
  await eventually(async () => {
    assert.deepEqual(await rows.locator('.state').allTextContents(), ['ready', 'ready'])
    assert.match((await page.locator('section .facts').first().textContent()) ?? '', /^2 of 2 ready · /)
    assert.match((await page.locator('header .summary').textContent()) ?? '', /^2 balancers · 4 of 4 members ready/)
  }, ceilingMs)

  await stage.send(6)
  await eventually(async () => {
    assert.deepEqual(await rows.locator('[data-label=Elected]').allTextContents(), ['3', '3'])
  }, ceilingMs)
  assert.match((await page.locator('#freshness').textContent()) ?? '', /^live · \d\d:\d\d:\d\d$/)
  assert.deepEqual(page.trouble, [])
})

test('a member that is gone leaves the page without a reload, and lost contact is said', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`)
  const rows = page.locator('section').first().locator('[data-key]')
  await eventually(async () => assert.equal(await rows.count(), 2), ceilingMs)
  await page.evaluate('globalThis.sameDocument = true')
  await stage.leave()
  await eventually(async () => assert.equal(await rows.count(), 1), ceilingMs)
  assert.equal(await page.evaluate('globalThis.sameDocument'), true)

  await stage.stop()
  await page.waitForSelector('#freshness.stale')
  const said = await page.locator('#freshness').textContent()
  assert.match(said ?? '', /^No contact since \d\d:\d\d:\d\d; what you see is the last known state\.$/)
  assert.equal(await page.locator('section').count(), 2)
})

test('where Traefik has its dashboard the same page works', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/dashboard/`)
  await page.waitForSelector('section table')
  assert.equal(await page.locator('[data-key]').count(), 4)
  assert.deepEqual(page.trouble, [])
})

test('on a phone rows are cards, nothing scrolls sideways, and every control fits a finger', { skip }, async () => {
  await using stage = await openManagerStage()
  for (const width of [320, 390, 844]) {
    await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`, { viewport: { width, height: 800 } })
    await page.waitForSelector('[data-action=drain]')
    const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    assert.ok(beyond <= 0, `${beyond} pixels stand out at a width of ${width}`)
    assert.equal(await page.evaluate(`getComputedStyle(document.querySelector('.figures')).display`), 'grid')
    if (width > 700) continue
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('button, select, input, summary')]
      .map((control) => ({ box: control.getBoundingClientRect(), name: control.outerHTML }))
      .filter(({ box }) => box.height < 40 || box.width < 40).map(({ name }) => name)`)
    assert.deepEqual(small, [])
  }
})
