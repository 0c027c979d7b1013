// The second seed: three of each, Balancer-Route on every answer, ROUTEID|jsessionid with scolonpathdelim, and its remark,
// that the cookie is sent even for dynamic servers, solved. Then its own Apache configuration, imported.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run } from '../../compose/setup/run.ts'
import { seenBy } from '../docker/seen-by.ts'
import { useBrowser } from '../support/browser.ts'
import type { Visitor } from '../support/visitor.ts'
import { routeOf, testsOfExample, visits } from './example.ts'
import type { Example } from './example.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
const apacheFile = join(import.meta.dirname, '../unit/cli/import/apache/001.conf')

const browser = await useBrowser()
const directory = await mkdtemp(join(tmpdir(), 'muster-seeds-'))
after(() => rm(directory, { recursive: true }))

testsOfExample(
  'round robin and sticky sessions by labels',
  {
    file: '../../compose/sticky-routeid.yaml',
    replicas: { static: 3, dynamic: 3 },
    serves: { '/': ['static'], '/api/jokes/': ['dynamic'] },
  },
  (example) => {
    test('browsers get page and assets from the server their cookie names', { skip: browser.skip }, async () => {
      const servers = new Set<string>()
      for (let i = 0; i < 3; i++) {
        const { routes, cookie } = await browserSession(example)
        assert.ok(routes.length >= 5, routes.join(' '))
        assert.deepEqual(new Set(routes.map((route) => `ROUTEID=.${route}`)), new Set([cookie]))
        servers.add(cookie)
      }
      assert.equal(servers.size, 3)
    })

    roundRobinAndSticky(example, { static: 'static-', dynamic: 'dynamic-' })
  },
)

testsOfExample(
  'round robin and sticky sessions by the imported Apache configuration',
  async () => {
    const file = join(directory, 'imported.yaml')
    await writeFile(file, await run(process.execPath, [main, 'import', 'apache', apacheFile]))
    return {
      file: 'imported-001.yaml',
      env: { IMPORTED: file },
      host: 'demo.res.ch',
      serves: { '/': ['static1', 'static2', 'static3'], '/api/jokes/': ['dynamic1', 'dynamic2', 'dynamic3'] },
    }
  },
  (example) => {
    test('a dynamic server is asked without the prefix, as by ProxyPass', async () => {
      using visitor = example.visitor()
      assert.equal(seenBy(await visitor.get('/api/jokes/7?x=1')).url, '/7?x=1')
    })

    roundRobinAndSticky(example, { static: 'static', dynamic: 'dynamic' })
  },
)

/** What stands before the number in the routes of both balancers. */
interface Names {
  readonly static: string
  readonly dynamic: string
}

function roundRobinAndSticky(example: Example, names: Names): void {
  test('one client sees the dynamic servers in an ordered and cyclic way, and gets no cookie', async () => {
    using visitor = example.visitor()
    visitor.cookies.set('ROUTEID', `.${names.static}2`)
    const answers = await visits(visitor, '/api/jokes/', 9)
    const order = [1, 2, 3].map((number) => `${names.dynamic}${number}`)
    const routes = answers.map(routeOf)
    const start = order.indexOf(routes[0] ?? '')
    assert.deepEqual(
      routes,
      routes.map((_, i) => order[(start + i) % 3]),
    )
    for (const answer of answers) assert.equal(answer.headers['set-cookie'], undefined)
  })

  test('ROUTEID is set by static servers, and only when the route changed', async () => {
    using visitor = example.visitor()
    for (const unusable of ['', '.nowhere', names.static]) {
      if (unusable !== '') visitor.cookies.set('ROUTEID', unusable)
      const { route, setCookie } = await first(visitor, '/')
      assert.deepEqual(setCookie, [`ROUTEID=.${route}; Path=/`])
      await staysWith(visitor, route)
    }
  })

  test('the route may stand in the URL, behind a semicolon or in the query, and counts before the cookie', async () => {
    for (const number of [1, 2, 3]) {
      const route = `${names.static}${number}`
      const session = `jsessionid=x.${route}`
      for (const path of [`/a;${session}`, `/a;v=1;${session}`, `/a;${session}?b=1`, `/a?b=1&${session}`]) {
        using visitor = example.visitor()
        visitor.cookies.set('ROUTEID', `.${names.static}${(number % 3) + 1}`)
        const [answer] = await visits(visitor, path, 1)
        assert(answer)
        assert.equal(routeOf(answer), route, path)
        assert.equal(seenBy(answer).url, path)
        assert.equal(answer.headers['set-cookie'], undefined)
      }
    }
  })

  // The last one: nobody starts them again.
  test('servers that are stopped lose their clients to one that works, whose cookie holds', async () => {
    using visitor = example.visitor()
    let { route } = await first(visitor, '/')
    for (let left = 3; left > 1; left--) {
      await run('docker', ['stop', await example.containerOf(route)])
      const moved = await first(visitor, '/')
      assert.notEqual(moved.route, route)
      assert.deepEqual(moved.setCookie, [`ROUTEID=.${moved.route}; Path=/`])
      await staysWith(visitor, moved.route)
      route = moved.route
    }
  })
}

async function first(visitor: Visitor, path: string) {
  const [answer] = await visits(visitor, path, 1)
  assert(answer)
  return { route: routeOf(answer), setCookie: answer.headers['set-cookie'] }
}

async function staysWith(visitor: Visitor, route: string): Promise<void> {
  for (const answer of await visits(visitor, '/page.html', 4)) {
    assert.equal(routeOf(answer), route)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
}

/** The routes of all answers a browser gets for a page, its assets and one more visit, and its cookie. */
async function browserSession(example: Example): Promise<{ routes: readonly string[]; cookie: string }> {
  await using page = await browser.visit('about:blank')
  const routes: string[] = []
  page.on('response', (answer) => routes.push(answer.headers()['balancer-route'] ?? `none: ${answer.url()}`))
  await page.goto(example.url('/page'))
  await page.locator('body[data-script=ran]').waitFor()
  await page.getByText('once more').click()
  await page.waitForLoadState('load')
  const cookies = await page.context().cookies()
  assert.deepEqual(page.trouble, [])
  return { routes, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join() }
}
