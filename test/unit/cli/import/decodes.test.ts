// What an import prints is read by those who will: the file provider's decoder, and lint for labels.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { runLint } from '../../../../src/cli/lint.ts'
import { decodeDocument } from '../../../../src/labels/decode-document.ts'
import { virtualTerminal } from '../virtual-terminal.ts'

const directory = new URL('apache/', import.meta.url)
const names = readdirSync(directory).flatMap((file) => (file.endsWith('.conf') ? [file.slice(0, -'.conf'.length)] : []))

interface Printed {
  readonly http: Readonly<Record<'routers' | 'services' | 'middlewares', Readonly<Record<string, unknown>> | undefined>>
}

function golden(name: string): string {
  return readFileSync(new URL(name, directory), 'utf8')
}

for (const name of names) {
  test(`${name}.yaml is a document without a mistake`, () => {
    const printed = parse(golden(`${name}.yaml`)) as Printed
    const decoded = decodeDocument(printed)
    // What somebody has to fill in first is no mistake of the import, nor are routes that were mistaken in Apache.
    const theirs = name === 'mistakes' ? /^(?!unknown field)/ : /\$\{|<\?php/
    const problems = decoded.problems.filter(({ reason }) => !theirs.test(reason))
    assert.deepEqual(problems, [])
    for (const kind of ['routers', 'services', 'middlewares'] as const) {
      assert.deepEqual([...decoded[kind].keys()], Object.keys(printed.http[kind] ?? {}))
    }
  })

  test(`${name}.labels.yaml is a compose file whose labels lint has nothing against`, async () => {
    const terminal = virtualTerminal({ '/work/compose.yaml': golden(`${name}.labels.yaml`) })
    await runLint(['--json', '/work/compose.yaml'], terminal)
    const { findings } = JSON.parse(terminal.printed.join('\n')) as {
      findings: { severity: string; message: string }[]
    }
    assert.deepEqual(
      findings.filter(({ severity, message }) => severity === 'error' && !/BACKEND/.test(message)),
      [],
    )
  })
}

test('what is imported means what Apache meant by it', () => {
  const { routers, services, middlewares } = decodeDocument(parse(golden('001.yaml')))
  const dynamic = routers.get('dynamic')
  assert.equal(dynamic?.rule, 'Host(`demo.res.ch`) && PathPrefix(`/api/jokes/`)')
  assert.ok((dynamic?.priority ?? 0n) > (routers.get('static')?.priority ?? 0n))
  assert.deepEqual(middlewares.get('dynamic-api-jokes-strip'), {
    kind: 'stripPrefix',
    prefixes: ['/api/jokes'],
    forceSlash: false,
  })
  const shop = services.get('static')
  assert.deepEqual(
    shop?.members.map(({ route }) => route),
    ['static1', 'static2', 'static3'],
  )
  assert.deepEqual(
    [shop?.stickyCookie?.name, shop?.stickyCookie?.form, shop?.stickyCookie?.path],
    ['ROUTEID', 'route', '/'],
  )
  assert.deepEqual(shop?.session, {
    cookie: 'ROUTEID',
    parameter: 'jsessionid',
    separator: '.',
    scolonPathDelim: true,
  })
  assert.equal(shop?.balancing?.routeHeader, 'Balancer-Route')
  assert.equal(services.get('dynamic')?.stickyCookie, undefined)
})

test('parameters keep their values', () => {
  const { services } = decodeDocument(parse(golden('parameters.yaml')))
  const app = services.get('app')
  const [first, second] = app?.members ?? []
  assert.equal(first?.weight, 2.5)
  assert.deepEqual(first?.parameters, { redirect: 'b', lbset: 1, status: '', retryMs: undefined })
  assert.deepEqual(second?.parameters, { redirect: undefined, lbset: 0, status: 'DS', retryMs: 0 })
  assert.equal(app?.balancing?.method, 'bytraffic')
  assert.equal(app?.balancing?.failover, false)
  assert.deepEqual([app?.healthCheck?.rise, app?.healthCheck?.fall, app?.healthCheck?.intervalMs], [2, 3, 500])
})
