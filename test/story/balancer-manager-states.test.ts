// What the balancer-manager shows of states that real members are in too seldom: the page is told them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContextOptions } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import type { WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openManagerStage } from '../support/manager-stage.ts'
import type { ManagerStage } from '../support/manager-stage.ts'
import { tellStates, toldBalancer, toldMember } from '../support/told-states.ts'
import type { ToldState } from '../support/told-states.ts'

const ceilingMs = 10_000
const name = 'web@docker'
const states = 'starting,ready,draining,paused,down,disabled,stopped,error,unhealthy,ejected'.split(',')
const { skip, visit } = await useBrowser()

test('without balancers the page says how one comes about', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitTold(stage, { balancers: [] })
  await page.getByText('No balancer yet: label a service, start it, and it appears here.').waitFor()
})

test('each state stands there in words with its reason, without pointing at it', { skip }, async () => {
  await using stage = await openManagerStage()
  const members = states.map((state, i) => toldMember(name, `shop/web/${i}`, { state, reason: `because of ${state}` }))
  await using page = await visitTold(stage, { balancers: [toldBalancer(name, members)] })
  await page.waitForSelector('[data-key]')
  assert.deepEqual(await page.locator('.state').allTextContents(), states)
  assert.deepEqual(
    await page.locator('.reason:visible').allTextContents(),
    states.map((state) => `because of ${state}`),
  )
  assert.match((await page.locator('.facts').textContent()) ?? '', /^1 of 10 ready/)
  assert.match(
    (await page.locator('.about').first().textContent()) ?? '',
    /for 1 min.*slot shop\/web\/0.*container shop-web-0/,
  )
})

test('a drain is followed to its end: requests in flight, the last session, drained', { skip }, async () => {
  await using stage = await openManagerStage()
  const at = Date.now()
  const draining = (busy: number, done: boolean): ToldState => ({
    balancers: [
      toldBalancer(name, [
        toldMember(name, 'shop/web/1', {
          state: 'draining',
          draining: { since: at, busy, lastStuckAt: at - 12_000, done },
        }),
      ]),
    ],
  })
  let now = draining(3, false)
  await using page = await visitTold(stage, () => now)
  await page.getByText(/^3 in flight, last session 1\d s ago$/).waitFor()
  now = draining(0, true)
  await page.getByText('no request and no session is left').waitFor()
  assert.equal(await page.locator('.state').textContent(), 'drained')
})

test('figures are Apache’s: bytes in short, percentiles, and a line of requests a second', { skip }, async () => {
  await using stage = await openManagerStage()
  const perSecond = Array.from({ length: 60 }, (_, i) => i)
  const figures = { to: 1536, from: 52_428_800, p50: 2.34, p99: 1480, errorRate: 0.625, perSecond, load: 0.5, lbset: 1 }
  const role = { role: 'standby', status: 'H', flags: 'Init Stby Ok' }
  const member = toldMember(name, 'shop/web/1', { ...figures, ...role })
  await using page = await visitTold(stage, { balancers: [toldBalancer(name, [member])] })
  await page.waitForSelector('[data-key]')
  const cells = await page.locator('.figures td').evaluateAll((tds) => tds.map((td) => td.textContent ?? ''))
  assert.deepEqual(cells.slice(8), ['0.5', '1.5K', '50M', '2.3 ms / 1.5 s', '63 %', '59'])
  assert.match((await page.locator('.spark .line').getAttribute('d')) ?? '', /^M0\.0 23\.0L.*72\.0 1\.\d$/)
  await page.getByText('hot standby').waitFor()
})

test('what stands in labels is text, whatever it looks like', { skip }, async () => {
  await using stage = await openManagerStage()
  const nasty = '<img src=x onerror="globalThis.hit=1">'
  const member = toldMember(name, nasty, { container: nasty, route: nasty, reason: nasty, url: 'javascript:alert(1)' })
  const entry = { id: 1, at: Date.now(), kind: 'event', what: nasty, detail: nasty, service: nasty }
  await using page = await visitTold(stage, { balancers: [toldBalancer(nasty, [member])], journal: [entry] })
  await page.waitForSelector('[data-key]')
  await page.waitForSelector('#journal li')
  assert.equal(await page.locator('h2').first().textContent(), `balancer://${nasty}`)
  assert.equal(await page.locator('img').count(), 0)
  assert.equal(await page.evaluate('globalThis.hit'), undefined)
})

test('among hundreds of members only the rows that changed are drawn again', { skip }, async () => {
  await using stage = await openManagerStage()
  const since = Date.now() - 7_200_000
  const fleet = (elected: number): ToldState => ({
    balancers: [
      toldBalancer(
        name,
        Array.from({ length: 400 }, (_, i) =>
          toldMember(name, `shop/web/${i}`, { since, ...(i === 123 && { elected }) }),
        ),
      ),
    ],
  })
  let now = fleet(1)
  await using page = await visitTold(stage, () => now)
  await page.waitForSelector('[data-key]')
  await page.evaluate(`(() => {
    globalThis.touched = new Set()
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target.parentElement ?? target
        if (element.closest('[data-slot]')) touched.add(element.closest('[data-slot]').dataset.slot)
      }
    }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true, attributes: true })
  })()`)
  now = fleet(2)
  await eventually(async () => {
    assert.equal(await page.locator('[data-slot="shop/web/123"] [data-label=Elected]').textContent(), '2')
  }, ceilingMs)
  assert.deepEqual(await page.evaluate('[...touched]'), ['shop/web/123'])
})

test('the journal has the newest first, is searched, and says how long things took', { skip }, async () => {
  await using stage = await openManagerStage()
  const at = Date.now()
  const journal = [
    { id: 1, at, kind: 'event', what: 'die', member: 'shop-web-1', detail: 'exit code 137' },
    { id: 2, at, kind: 'member', what: 'ready → down', service: name, member: 'shop/web/1', tookMs: 0.84 },
    { id: 3, at, kind: 'update', what: '1 member left', service: name, tookMs: 3.2 },
  ]
  await using page = await visitTold(stage, { balancers: [], journal })
  const entries = page.locator('#journal li')
  await eventually(async () => assert.equal(await entries.count(), 3), ceilingMs)
  assert.deepEqual(await page.locator('.took').allTextContents(), ['3.2 ms', '0.8 ms', ''])
  await page.fill('#journal-filter', 'exit code')
  await eventually(async () => assert.equal(await entries.count(), 1), ceilingMs)
  assert.match((await entries.textContent()) ?? '', /Docker.*shop-web-1 die.*exit code 137/)
  await page.fill('#journal-filter', 'nowhere')
  await page.getByText('Nothing of “nowhere”.').waitFor()
})

test('a script that is lost on the way is asked for again', { skip }, async () => {
  await using stage = await openManagerStage()
  let asked = 0
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`, {}, async (blank) => {
    await blank.route('**/balancer-manager/sparkline.js', (route) => (asked++ === 0 ? route.abort() : route.continue()))
  })
  await page.waitForSelector('[data-key]')
  assert.equal(asked, 2)
})

test('where the stream is not to be had the page asks, and is live all the same', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`, {}, async (blank) => {
    await tellStates(blank, () => ({ balancers: [toldBalancer(name, [toldMember(name, 'shop/web/1')])] }))
    await blank.route('**/api/muster/events', (route) => route.fulfill({ status: 503 }))
  })
  await page.waitForSelector('[data-slot="shop/web/1"]')
  await page.waitForSelector('#freshness.live')
})

test('to whom the token is refused the page says why it is read-only', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`, {}, async (blank) => {
    const refusal = { message: 'the host "demo.res.ch" is not known as Muster’s own' }
    await blank.route('**/api/muster/session', (route) => route.fulfill({ status: 403, json: refusal }))
  })
  await page.getByText('Read-only: the host "demo.res.ch" is not known as Muster’s own.').waitFor()
  await page.waitForSelector('[data-key]')
  assert.equal(await page.locator('section button').count(), 0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`in ${colorScheme} every text stands out from its ground (WCAG AA)`, { skip }, async () => {
    await using stage = await openManagerStage()
    const edited = { weight: 2 }
    const members = states.map((state, i) =>
      toldMember(name, `shop/web/${i}`, { state, edited, status: 'N', role: 'spare' }),
    )
    const journal = ['event', 'member', 'update', 'edit'].map((kind, id) => ({
      id,
      at: 0,
      kind,
      what: kind,
      detail: 'x',
    }))
    await using page = await visitTold(stage, { balancers: [toldBalancer(name, members)], journal }, { colorScheme })
    await page.waitForSelector('#journal li')
    await page.waitForSelector('[data-action=drain]')
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    assert.equal(/^rgb\(2\d\d/.test(ground), colorScheme === 'light', ground)
    assert.deepEqual(await page.evaluate(faintTexts), [])
    await page.keyboard.press('?')
    await page.waitForSelector('#help')
    assert.deepEqual(await page.evaluate(faintTexts), [])
  })
}

/** Texts with a contrast below 4.5 to 1 against the nearest ground that is painted. */
const faintTexts = `(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if ((numbers(backgroundColor)[3] ?? 1) > 0) return backgroundColor
    }
    return 'rgb(255, 255, 255)'
  }
  return [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .map((element) => {
      const [a, b] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))]
      return { text: element.textContent, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), of: element.className }
    })
    .filter(({ ratio }) => ratio < 4.5)
})()`

function visitTold(
  stage: ManagerStage,
  told: ToldState | (() => ToldState),
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  return visit(`http://127.0.0.1:${stage.apiPort}/`, options, (page) =>
    tellStates(page, typeof told === 'function' ? told : () => told),
  )
}
