// The third seed: both methods of sticky sessions, by the application's JSESSIONID and by a ROUTEID of the balancer's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seenBy } from '../docker/seen-by.ts'
import type { Visitor } from '../support/visitor.ts'
import { testsOfExample, visits } from './example.ts'

testsOfExample(
  'method 1: the session cookie of the application, under --scale',
  {
    file: '../../compose/sticky-jsessionid.yaml',
    replicas: { tomcat: 2 },
    serves: { '/': ['tomcat'] },
  },
  (example) => {
    test('a session stays with the Tomcat whose host name ends its JSESSIONID', async () => {
      const seen = new Set<string>()
      for (let i = 0; i < 2; i++) {
        using visitor = example.visitor()
        const { hostname } = await begins(visitor, '/')
        assert.match(visitor.cookies.get('JSESSIONID') ?? '', new RegExp(`^[0-9A-F]{32}\\.${hostname}$`))
        await goesOn(visitor, '/', { hostname, from: 2, times: 20 })
        assert.deepEqual([...visitor.cookies.keys()], ['JSESSIONID'])
        seen.add(hostname)
      }
      assert.equal(seen.size, 2)
    })

    test('who keeps no cookies stays by ;jsessionid= in the links', async () => {
      for (let i = 0; i < 2; i++) {
        using visitor = example.visitor()
        const { hostname, link = '' } = await begins(visitor, '/shop')
        assert.match(link, new RegExp(`^/shop;jsessionid=[0-9A-F]{32}\\.${hostname}$`))
        for (let visit = 2; visit <= 6; visit++) {
          visitor.cookies.clear()
          const seen = seenBy(await visitor.get(link))
          assert.deepEqual([seen.hostname, seen.visits, seen.link], [hostname, visit, link])
        }
      }
    })

    test('sessions survive a scale-up, and the new Tomcat gets new ones', async () => {
      using visitor = example.visitor()
      const { hostname } = await begins(visitor, '/')
      await example.project.up({ tomcat: 3 })
      await example.settled('/')
      await goesOn(visitor, '/', { hostname, from: 2, times: 20 })
      assert.equal(new Set(await example.freshVisits('/', 3)).size, 3)
    })

    test('a Tomcat that is stopped loses its sessions: they begin anew on another one, and stay there', async () => {
      using visitor = example.visitor()
      const { hostname } = await begins(visitor, '/')
      await example.without([hostname], '/', async () => {
        const moved = await begins(visitor, '/')
        assert.notEqual(moved.hostname, hostname)
        assert.match(visitor.cookies.get('JSESSIONID') ?? '', new RegExp(`\\.${moved.hostname}$`))
        await goesOn(visitor, '/', { hostname: moved.hostname, from: 2, times: 5 })
      })
    })
  },
)

testsOfExample(
  'method 2: an additional session cookie, which any backend can do with',
  {
    file: '../../compose/sticky-routeid.yaml',
    replicas: { static: 2, dynamic: 1 },
    serves: { '/': ['static'] },
  },
  (example) => {
    test('a session is kept over twenty requests and a scale-up, by ROUTEID', async () => {
      using visitor = example.visitor()
      const { hostname } = await begins(visitor, '/?session')
      assert.match(visitor.cookies.get('ROUTEID') ?? '', /^\.static-[12]$/)
      await goesOn(visitor, '/?session', { hostname, from: 2, times: 10 })
      await example.project.up({ static: 3, dynamic: 1 })
      await example.settled('/')
      await goesOn(visitor, '/?session', { hostname, from: 12, times: 10 })
    })
  },
)

/** The first visit of a session, where it came to. */
async function begins(visitor: Visitor, path: string): Promise<{ hostname: string; link: string | undefined }> {
  const [answer] = await visits(visitor, path, 1)
  assert(answer)
  const seen = seenBy(answer)
  assert.equal(seen.visits, 1)
  return seen
}

interface GoesOn {
  readonly hostname: string
  /** The visit that the next one is. */
  readonly from: number
  readonly times: number
}

/** The session goes on where it is: every visit counts, and no cookie is set again. */
async function goesOn(visitor: Visitor, path: string, { hostname, from, times }: GoesOn): Promise<void> {
  for (const [i, answer] of (await visits(visitor, path, times)).entries()) {
    const seen = seenBy(answer)
    assert.deepEqual([seen.hostname, seen.visits], [hostname, from + i])
    assert.equal(answer.headers['set-cookie'], undefined)
  }
}
