// Every control of the balancer-manager, pressed in a real browser, and what comes of it in Muster.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import type { WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openManagerStage } from '../support/manager-stage.ts'
import type { ManagerStage } from '../support/manager-stage.ts'

const ceilingMs = 10_000
const service = 'dynamic@file'
const { skip, visit } = await useBrowser()

for (const { action, letter, flag, labels } of [
  { action: 'drain', letter: 'N', flag: /\bDrn\b/, labels: ['Drain', 'Resume'] },
  { action: 'disable', letter: 'D', flag: /\bDis\b/, labels: ['Disable', 'Enable'] },
  { action: 'standby', letter: 'H', flag: /\bStby\b/, labels: ['Stand by', 'Regular'] },
  { action: 'spare', letter: 'R', flag: /\bSpar\b/, labels: ['Spare', 'Regular'] },
]) {
  test(`${labels[0]} takes effect, says so, and leads back`, { skip }, async () => {
    await using stage = await openManagerStage()
    await using page = await visitManager(stage)
    const [slot] = stage.slots
    const button = page.locator(rowOf(slot)).locator(`[data-action=${action}]`)
    const flags = page.locator(rowOf(slot)).locator('.flags')
    assert.equal(await button.textContent(), labels[0])
    assert.match((await button.getAttribute('aria-label')) ?? '', new RegExp(`^${labels[0]}: ${escaped(slot)}$`))

    await button.click()
    await eventually(async () => {
      assert.equal(await button.textContent(), labels[1])
      assert.match((await flags.textContent()) ?? '', flag)
      assert.equal((await told(stage, slot)).status, letter)
    }, ceilingMs)
    assert.match((await page.locator('#toasts').textContent()) ?? '', new RegExp(escaped(slot)))
    assert.match((await flags.getAttribute('class')) ?? '', /edited/)

    await button.click()
    await eventually(async () => {
      assert.equal(await button.textContent(), labels[0])
      assert.doesNotMatch((await flags.textContent()) ?? '', flag)
      assert.equal((await told(stage, slot)).status, '')
    }, ceilingMs)
    assert.deepEqual(page.trouble, [])
  })
}

test('a drained member gets no more requests until it is resumed', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [first, second] = stage.slots
  await page.locator(`${rowOf(first)} [data-action=drain]`).click()
  await page.waitForSelector(`${rowOf(first)} .drain`)
  await stage.send(4)
  await eventually(
    async () => assert.equal(await page.locator(`${rowOf(second)} [data-label=Elected]`).textContent(), '4'),
    ceilingMs,
  )
  assert.equal(await page.locator(`${rowOf(first)} [data-label=Elected]`).textContent(), '0')
  assert.match((await page.locator(`${rowOf(first)} .state`).textContent()) ?? '', /^drain(ing|ed)$/)
})

test('the factor is stepped and typed, undone one by one, and goes back to what is declared', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [slot] = stage.slots
  const row = page.locator(rowOf(slot))
  const factor = row.locator('[data-action=weight]')
  const becomes = (weight: number): Promise<void> =>
    eventually(async () => {
      assert.equal(await factor.inputValue(), weight.toFixed(2))
      assert.equal((await told(stage, slot)).weight, weight)
    }, ceilingMs)

  await row.locator('[data-action=heavier]').click()
  await becomes(2)
  await row.locator('[data-action=lighter]').click()
  await becomes(1)
  await row.locator('[data-action=lighter]').click()
  await becomes(0.9)
  await factor.fill('2.75')
  await factor.press('Enter')
  await becomes(2.75)
  await page.getByRole('button', { name: /^Undo: .* 2\.75$/ }).click()
  await becomes(0.9)
  await row.locator('[data-action=reset]').click()
  await becomes(1)
  await eventually(async () => assert.equal(await row.locator('[data-action=reset]').count(), 0), ceilingMs)
  assert.equal((await told(stage, slot)).edited, undefined)
})

test('route, redirect, set and status are edited in one form, which sends only what differs', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [slot, other] = stage.slots
  const row = page.locator(rowOf(slot))
  const otherRoute = (await page.locator(`${rowOf(other)} [data-label=Route]`).textContent()) ?? ''
  await row.locator('[data-action=edit]').click()
  await page.getByLabel('Route', { exact: true }).fill('s1')
  await page.getByLabel('RouteRedir', { exact: true }).fill(otherRoute)
  await page.getByLabel('Set', { exact: true }).fill('2')
  await page.getByLabel('Ignore errors').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await eventually(async () => {
    assert.equal(await page.locator('dialog').count(), 0)
    assert.equal(await row.locator('[data-label=Route]').textContent(), 's1')
    assert.equal(await row.locator('[data-label=RouteRedir]').textContent(), otherRoute)
    assert.equal(await row.locator('[data-label=Set]').textContent(), '2')
  }, ceilingMs)
  const { edited } = await told(stage, slot)
  assert.deepEqual(edited, { route: 's1', redirect: otherRoute, lbset: 2, status: 'I' })
  await eventually(async () => assert.ok((await page.locator('#journal li.edit').count()) > 0), ceilingMs)

  await row.locator('[data-action=edit]').click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await eventually(async () => assert.equal(await page.locator('dialog').count(), 0), ceilingMs)
  assert.deepEqual(page.trouble, [])
})

test('what a balancer has of its own is changed, and goes back together', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const card = page.locator(`[id="${service}"]`)
  const control = (action: string) => card.locator(`.controls [data-action=${action}]`)
  await control('method').selectOption('bybusyness')
  await control('sticky').click()
  await control('failover').click()
  await control('attempts').fill('4')
  await control('attempts').press('Enter')
  await control('retry').fill('2.5')
  await control('retry').press('Enter')
  await eventually(async () => {
    assert.deepEqual((await balancer(stage)).edited, {
      method: 'bybusyness',
      sticky: true,
      failover: false,
      maxAttempts: 4,
      retryMs: 2500,
    })
    assert.equal(await control('sticky').getAttribute('aria-checked'), 'true')
    assert.equal(await control('failover').getAttribute('aria-checked'), 'false')
    assert.match((await card.locator('.facts').textContent()) ?? '', /sticky by cookie/)
  }, ceilingMs)

  await control('reset').click()
  await eventually(async () => {
    const { edited, method, failover } = await balancer(stage)
    assert.deepEqual({ edited, method, failover }, { edited: undefined, method: 'byrequests', failover: true })
    assert.equal(await control('method').inputValue(), 'byrequests')
    assert.equal(await control('reset').count(), 0)
  }, ceilingMs)
  assert.deepEqual(page.trouble, [])
})

test('all of it goes by keys, and live updates leave the focus where it is', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [first, second] = stage.slots
  const focusedSlot = (): Promise<string> =>
    page.evaluate('document.activeElement.closest("[data-slot]")?.dataset.slot')
  await page.keyboard.press('j')
  assert.equal(await focusedSlot(), first)
  await page.keyboard.press('j')
  assert.equal(await focusedSlot(), second)
  await page.keyboard.press('k')
  await page.keyboard.press('x')
  await eventually(async () => assert.equal((await told(stage, first)).status, 'D'), ceilingMs)
  assert.equal(await focusedSlot(), first)
  await page.keyboard.press('u')
  await eventually(async () => assert.equal((await told(stage, first)).status, ''), ceilingMs)
  await page.keyboard.press('w')
  await page.keyboard.type('3')
  await page.keyboard.press('Enter')
  await eventually(async () => assert.equal((await told(stage, first)).weight, 3), ceilingMs)

  // A letter in a field is a letter, and Escape leads back to the row.
  await page.keyboard.press('Escape')
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'TBODY')
  await page.keyboard.press('/')
  await page.keyboard.type('xd')
  assert.equal(await page.locator('#journal-filter').inputValue(), 'xd')
  assert.equal((await told(stage, first)).status, '')

  await page.locator(`${rowOf(second)} [data-action=drain]`).focus()
  await stage.send(8)
  await eventually(async () => {
    assert.notEqual(await page.locator(`${rowOf(second)} [data-label=Elected]`).textContent(), '0')
  }, ceilingMs)
  assert.equal(await page.evaluate('document.activeElement.dataset.action'), 'drain')
  await page.keyboard.press('?')
  await page.waitForSelector('#help')
  await page.keyboard.press('Escape')
  await eventually(async () => assert.equal(await page.locator('#help').count(), 0), ceilingMs)
  assert.deepEqual(page.trouble, [])
})

test('Tab reaches every control in the order it is seen, and what has the focus is marked', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const total = await page.locator('button:visible, select:visible, input:visible').count()
  const seen = new Set<string>()
  for (let i = 0; i < total + 3; i++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<{ name: string; outline: string } | null>(`(() => {
      const { activeElement: it } = document
      if (it === document.body) return null
      const place = it.closest('[data-key]')?.dataset.key ?? it.closest('section')?.id ?? ''
      return { name: place + it.outerHTML, outline: getComputedStyle(it).outlineStyle }
    })()`)
    if (at === null) continue
    seen.add(at.name)
    assert.equal(at.outline, 'solid', at.name)
  }
  assert.ok(seen.size >= total, `${seen.size} of ${total} controls were reached`)
})

test('a stale token is refused, said, and renewed: the next press takes effect', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [slot] = stage.slots
  let isStale = true
  await page.route('**/api/muster/balancers', async (route) => {
    const headers = route.request().headers()
    if (!isStale || route.request().method() !== 'POST') return route.continue()
    isStale = false
    await route.continue({ headers: { ...headers, 'x-muster-token': 'of-another-life' } })
  })
  const drain = page.locator(`${rowOf(slot)} [data-action=drain]`)
  await drain.click()
  assert.ok((await page.locator(`${rowOf(slot)} [role=alert] span`).textContent()) !== '')
  assert.equal((await told(stage, slot)).status, '')
  await drain.click()
  await eventually(async () => assert.equal((await told(stage, slot)).status, 'N'), ceilingMs)
  await eventually(async () => assert.equal(await page.locator('[role=alert]').count(), 0), ceilingMs)
})

test('a refusal is said where it was asked for, and so is silence', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [slot] = stage.slots
  const row = page.locator(rowOf(slot))
  await row.locator('[data-action=weight]').fill('70000')
  await row.locator('[data-action=weight]').press('Enter')
  await row.locator('[role=alert]').waitFor()
  assert.match((await row.locator('[role=alert]').textContent()) ?? '', /0\.01|65535|65,535/)
  await eventually(async () => assert.equal(await row.locator('[data-action=weight]').inputValue(), '1.00'), ceilingMs)
  await row.getByRole('button', { name: 'Dismiss' }).click()
  await eventually(async () => assert.equal(await page.locator('[role=alert]').count(), 0), ceilingMs)

  const refuse = (status: number, message: string): Promise<unknown> =>
    page.route('**/api/muster/balancers', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status, json: { message } }) : route.continue(),
    )
  await refuse(403, 'changes are not allowed here')
  await row.locator('[data-action=drain]').click()
  await eventually(async () => {
    assert.equal(await row.locator('[role=alert] span').textContent(), 'changes are not allowed here')
  }, ceilingMs)
  await refuse(409, 'not now')
  await page.locator(`[id="${service}"] [data-action=sticky]`).click()
  await eventually(async () => {
    assert.equal(await page.locator(`[id="${service}"] > [role=alert] span`).textContent(), 'not now')
  }, ceilingMs)
  await page.route('**/api/muster/balancers', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  await row.locator('[data-action=drain]').click()
  await eventually(async () => {
    assert.match((await row.locator('[role=alert] span').textContent()) ?? '', /^No answer from Muster/)
  }, ceilingMs)
})

test('an edit of a member that just left says so, although its row is gone', { skip }, async () => {
  await using stage = await openManagerStage()
  await using page = await visitManager(stage)
  const [, leaving] = stage.slots
  await page.route('**/api/muster/balancers', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    // Its row is still there when the press is made, and gone when the answer comes.
    await stage.leave()
    await eventually(async () => assert.equal((await balancer(stage)).members.length, 1), ceilingMs)
    await route.continue()
  })
  await page.locator(`${rowOf(leaving)} [data-action=drain]`).click()
  await page.locator('#toasts .error').waitFor()
  assert.match((await page.locator('#toasts .error span').textContent()) ?? '', new RegExp(escaped(leaving)))
  assert.equal(await page.locator(rowOf(leaving)).count(), 0)
})

test('where changes are not allowed there are no controls, and the reason is said', { skip }, async () => {
  await using stage = await openManagerStage()
  const session = { token: 't', editable: false, reason: 'no router in front of it asks who you are', persists: false }
  await using page = await visit(`http://127.0.0.1:${stage.apiPort}/`, {}, async (blank) => {
    await blank.route('**/api/muster/session', (route) => route.fulfill({ json: session }))
  })
  await page.waitForSelector('#permission')
  assert.equal(await page.locator('#permission').textContent(), 'Read-only: no router in front of it asks who you are.')
  await page.waitForSelector('[data-key]')
  assert.equal(await page.locator('section button, section input, section select').count(), 0)
  assert.match((await page.locator('.facts').first().textContent()) ?? '', /byrequests · no sticky session · failover/)
})

async function visitManager(stage: ManagerStage): Promise<WatchedPage> {
  const page = await visit(`http://127.0.0.1:${stage.apiPort}/`)
  await page.waitForSelector(`${rowOf(stage.slots[1])} [data-action=drain]`)
  await allReady(page)
  return page
}

function allReady(page: Page): Promise<void> {
  return eventually(async () => {
    assert.deepEqual(await page.locator(`[id="${service}"] .state`).allTextContents(), ['ready', 'ready'])
  }, ceilingMs)
}

function rowOf(slot: string): string {
  return `[id="${service}"] [data-slot="${slot}"]`
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
}

interface ToldBalancer {
  readonly name: string
  readonly method: string
  readonly failover: boolean
  readonly edited?: unknown
  readonly members: readonly { slot: string; status: string; weight: number; edited?: unknown }[]
}

async function balancer({ apiPort }: ManagerStage): Promise<ToldBalancer> {
  const response = await fetch(`http://127.0.0.1:${apiPort}/api/muster/balancers`)
  const found = ((await response.json()) as ToldBalancer[]).find(({ name }) => name === service)
  assert.ok(found)
  return found
}

async function told(stage: ManagerStage, slot: string): Promise<ToldBalancer['members'][number]> {
  const found = (await balancer(stage)).members.find((member) => member.slot === slot)
  assert.ok(found)
  return found
}
