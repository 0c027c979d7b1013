// The first seed: dynamic nodes in turn, static nodes sticky by ROUTEID, and a balancer-manager to see it in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seenBy } from '../docker/seen-by.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { routeOf, settleMs, testsOfExample, visits } from './example.ts'

const browser = await useBrowser()

testsOfExample(
  'sticky static nodes and dynamic ones in turn',
  {
    file: '../../compose/sticky-routeid.yaml',
    replicas: { static: 2, dynamic: 2 },
    serves: { '/': ['static'], '/api/jokes/': ['dynamic'] },
  },
  (example) => {
    const { skip } = browser

    test('the dynamic node that answers changes with every request', async () => {
      using visitor = example.visitor()
      const seen = (await visits(visitor, '/api/jokes/', 10)).map((answer) => seenBy(answer).hostname)
      const [first, second] = seen
      assert.notEqual(first, second)
      assert.deepEqual(
        seen,
        seen.map((_, i) => (i % 2 === 0 ? first : second)),
      )
    })

    test('the column Elected of the balancer-manager grows evenly for the dynamic nodes', { skip }, async () => {
      await using page = await browser.visit(example.manager)
      const section = page.locator('section', { hasText: 'balancer://dynamic@docker' })
      const elected = () => section.locator('[data-key] [data-label=Elected]').allTextContents()
      const told = async () => (await example.members('dynamic@docker')).map((member) => member.elected)
      const before = await told()
      using visitor = example.visitor()
      await visits(visitor, '/api/jokes/', 8)
      const now = before.map((count) => count + 4)
      assert.deepEqual(await told(), now)
      await eventually(async () => assert.deepEqual(await elected(), now.map(String)), settleMs)
      assert.deepEqual(page.trouble, [])
    })

    test('a browser that reloads stays with its static node until its cookie is deleted', { skip }, async () => {
      await using page = await browser.visit(example.url('/page'))
      const node = await page.title()
      for (let i = 0; i < 5; i++) {
        await page.reload()
        assert.equal(await page.title(), node)
      }
      const [cookie, ...others] = await page.context().cookies()
      assert.deepEqual(others, [])
      assert.equal(cookie?.name, 'ROUTEID')
      assert.match(cookie.value, /^\.static-[12]$/)

      const nodes = new Set([node])
      for (let i = 0; i < 4; i++) {
        await page.context().clearCookies()
        await page.reload()
        nodes.add(await page.title())
      }
      assert.equal(nodes.size, 2)
    })

    test('a node that is shut down hands its clients to the other one, with a new cookie and no error', async () => {
      using visitor = example.visitor()
      const before = routeOf(await visitor.get('/'))
      await example.without([await example.containerOf(before)], '/', async () => {
        const [moved, ...later] = await visits(visitor, '/', 4)
        assert(moved)
        const now = routeOf(moved)
        assert.notEqual(now, before)
        assert.deepEqual(moved.headers['set-cookie'], [`ROUTEID=.${now}; Path=/`])
        for (const answer of later) {
          assert.equal(routeOf(answer), now)
          assert.equal(answer.headers['set-cookie'], undefined)
        }
      })
    })
  },
)
