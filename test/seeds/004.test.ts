// The fifth seed: the methods, a hot standby, retry, sessions, the manager that shows them, and the mistakes in its text.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { attempt } from '../../compose/setup/run.ts'
import { seenBy } from '../docker/seen-by.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { settleMs, testsOfExample, visits } from './example.ts'
import type { Example } from './example.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
const apacheFile = join(import.meta.dirname, '../unit/cli/import/apache/004.conf')

const browser = await useBrowser()

test("the mistakes of the seed's configuration are named when it is imported", async () => {
  const { code, stdout, output } = await attempt(process.execPath, [main, 'import', 'apache', apacheFile])
  assert.equal(code, 0)
  assert.match(stdout, /^ {12}status: \+H$/m)
  for (const mistake of [
    /error .*retry=60: "retry" is a parameter of a BalancerMember; Apache does not start with this/,
    /warning .*stickysession=JSESSIONID: no member has a route: Apache does not stick to such members at all/,
    /warning .*Require all granted: the manager is open to everybody/,
  ]) {
    assert.match(output, mistake)
  }
})

testsOfExample(
  'methods, standby and retry',
  {
    file: '../../compose/methods-and-standby.yaml',
    serves: { '/requests/': ['backend'], '/traffic/': ['backend'], '/busy/': ['backend'] },
  },
  (example) => {
    test('byrequests: as many requests for each, whatever they weigh', async () => {
      const before = await regular(example, 'requests@docker')
      for (let i = 0; i < 20; i++) {
        using visitor = example.visitor()
        await visits(visitor, i % 2 === 0 ? '/requests/bytes?n=100000' : '/requests/bytes?n=10', 1)
      }
      const now = await regular(example, 'requests@docker')
      assert.deepEqual(
        now.map(({ elected }, i) => elected - (before[i]?.elected ?? 0)),
        [10, 10],
      )
    })

    test('bytraffic: as many bytes for each, although every second answer is a thousand times the other', async () => {
      using visitor = example.visitor()
      const large = 100_000
      for (let i = 0; i < 20; i++) {
        await visits(visitor, `/traffic/bytes?n=${large}`, 1)
        await visits(visitor, '/traffic/bytes?n=100', 1)
      }
      const [one, two] = await regular(example, 'traffic@docker')
      assert(one && two)
      assert.ok(one.from + two.from > 20 * large)
      // In turn, one of them would have sent twenty of the large ones and the other none.
      assert.ok(Math.abs(one.from - two.from) <= large * 1.5, `${one.from} and ${two.from} bytes`)
    })

    test('bybusyness: while one is busy, everybody else goes to the free one', async () => {
      using slow = example.visitor()
      const abandoned = assert.rejects(slow.get('/busy/slow?ms=60000'))
      const busy = await eventually(async () => {
        const found = (await regular(example, 'busy@docker')).find((member) => member.busy === 1)
        assert(found)
        return found
      }, settleMs)
      using visitor = example.visitor()
      for (const answer of await visits(visitor, '/busy/', 8)) assert.notEqual(seenBy(answer).hostname, busy.hostname)
      slow[Symbol.dispose]()
      await abandoned
    })

    test('a session keeps its JSESSIONID and its server', async () => {
      const servers = new Set<string>()
      for (let i = 0; i < 2; i++) {
        using visitor = example.visitor()
        const seen = (await visits(visitor, '/requests/', 10)).map(seenBy)
        assert.deepEqual(
          seen.map((one) => one.visits),
          seen.map((_, index) => index + 1),
        )
        servers.add(seen[0]?.hostname ?? '')
      }
      assert.equal(servers.size, 2)
    })

    test('the manager shows methods, sessions and the standby, which nobody asks', { skip: browser.skip }, async () => {
      await using page = await browser.visit(example.manager)
      for (const [service, method] of [
        ['requests', 'byrequests'],
        ['traffic', 'bytraffic'],
        ['busy', 'bybusyness'],
      ] as const) {
        await example.ready(`${service}@docker`, 3)
        const section = page.locator('section', { hasText: `balancer://${service}@docker` })
        await section.locator('[data-key]').first().waitFor()
        assert.equal(await section.locator('[data-key]').count(), 3)
        assert.match((await section.textContent()) ?? '', new RegExp(method))
        const standby = section.locator('[data-key]', { hasText: 'hot standby' })
        assert.equal(await standby.count(), 1)
        const told = (await example.members(`${service}@docker`)).find(({ role }) => role === 'standby')
        await example.settled(`/${service}/`)
        const elected = standby.locator('[data-label=Elected]')
        await eventually(async () => assert.equal(await elected.textContent(), String(told?.elected)), settleMs)
      }
      const sticky = page.locator('section', { hasText: 'balancer://requests@docker' })
      assert.match((await sticky.textContent()) ?? '', /JSESSIONID/)
      assert.deepEqual(page.trouble, [])
    })

    test('a server whose port is closed is passed over without an error, and asked again later', async () => {
      using visitor = example.visitor()
      const { hostname } = seenBy((await visits(visitor, '/requests/', 1))[0] ?? assert.fail())
      await visits(visitor, '/requests/refuse?ms=4000', 1)
      // Its own session is the first to find out.
      const moved = seenBy((await visits(visitor, '/requests/', 1))[0] ?? assert.fail())
      assert.notEqual(moved.hostname, hostname)
      const failed = async () => {
        const found = (await example.members('requests@docker')).find((member) => member.hostname === hostname)
        return found ?? assert.fail()
      }
      assert.equal((await failed()).errors, 1)
      await eventually(async () => {
        using other = example.visitor()
        const [answer] = await visits(other, '/requests/', 1)
        assert(answer)
        assert.equal(seenBy(answer).hostname, hostname)
      }, settleMs)
      await eventually(async () => assert.equal((await failed()).state, 'ready'), settleMs)
    })

    test('the standby serves when the others are stopped, and only then', async () => {
      await example.ready('requests@docker', 3)
      const standby = (await example.members('requests@docker')).find(({ role }) => role === 'standby')
      assert(standby)
      const others = (await example.project.containers('backend')).map(({ name }) => name)
      await example.without(others.slice(0, 1), '/requests/', async () => {
        for (const hostname of await example.freshVisits('/requests/', 6)) assert.notEqual(hostname, standby.hostname)
        await example.without(others.slice(1), '/requests/', async () => {
          assert.deepEqual(new Set(await example.freshVisits('/requests/', 6)), new Set([standby.hostname]))
        })
      })
    })
  },
)

async function regular(example: Example, balancer: string) {
  return (await example.members(balancer)).filter(({ role }) => role === 'regular')
}
