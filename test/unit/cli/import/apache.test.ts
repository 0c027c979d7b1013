// Golden files: apache/NAME.conf becomes NAME.yaml, with --labels NAME.labels.yaml, and says NAME.stderr.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseDocument } from 'yaml'
import { runImport } from '../../../../src/cli/import.ts'
import { virtualTerminal } from '../virtual-terminal.ts'

const directory = new URL('apache/', import.meta.url)
const names = readdirSync(directory).flatMap((file) => (file.endsWith('.conf') ? [file.slice(0, -'.conf'.length)] : []))

function golden(name: string): string {
  return readFileSync(new URL(name, directory), 'utf8')
}

function imported(text: string, ...options: readonly string[]) {
  const terminal = virtualTerminal({ 'site.conf': text })
  const code = runImport(['apache', ...options, 'site.conf'], terminal)
  return { code, stdout: terminal.printed.join('\n'), stderr: terminal.complaints.join('\n') }
}

describe('an Apache configuration becomes what its golden file says', () => {
  test('and there are such files', () => assert.ok(names.length > 8))

  for (const name of names) {
    const text = golden(`${name}.conf`)
    const run = (...options: readonly string[]) => {
      const terminal = virtualTerminal({ [`${name}.conf`]: text })
      assert.equal(runImport(['apache', ...options, `${name}.conf`], terminal), 0)
      return { stdout: `${terminal.printed.join('\n')}\n`, stderr: `${terminal.complaints.join('\n')}\n` }
    }
    test(`${name} as a document`, () => {
      const { stdout, stderr } = run()
      assert.equal(stdout, golden(`${name}.yaml`))
      assert.equal(stderr, golden(`${name}.stderr`))
    })
    test(`${name} as labels`, () => {
      const { stdout, stderr } = run('--labels')
      assert.equal(stdout, golden(`${name}.labels.yaml`))
      assert.equal(stderr, golden(`${name}.stderr`))
    })
    test(`${name}: no line of it is dropped silently`, () => {
      const { stdout } = run()
      const commented = new Set([...stdout.matchAll(/\.conf:(\d+)/g)].map(([, line]) => Number(line)))
      for (const line of unread(text)) assert.ok(commented.has(line), `line ${line} became neither field nor comment`)
    })
  }
})

/** Lines whose directive never becomes anything. */
function unread(text: string): readonly number[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }))
  return lines.flatMap(({ line, number }) =>
    /^(SSL|Redirect|Rewrite|ErrorLog|LoadModule|Listen|DocumentRoot|Frob|Include|Require|Options|Set[HE])/i.test(line)
      ? [number]
      : [],
  )
}

const balancer = '<Proxy balancer://a>\nBalancerMember http://10.0.0.1\n'

const refusals: readonly (readonly [text: string, code: number, says: RegExp])[] = [
  ['', 1, /^muster: site\.conf: nothing to import: no BalancerMember, and no ProxyPass to an http URL$/],
  ['# nothing\n\n', 1, /nothing to import/],
  ['ErrorLog /x\nListen 80\n', 1, /nothing to import/],
  ['PNG\n\0\u0001\n', 1, /^muster: site\.conf is not a text file: line 2 holds bytes that are not UTF-8/],
  ['a \uFFFD', 1, /not a text file: line 1 /],
  [balancer, 0, /^site\.conf:1 error <Proxy> is not closed; add <\/Proxy> where it ends/],
  [
    `<VirtualHost *:80>\n${balancer}</VirtualHost>\n`,
    0,
    /^site\.conf:2 error <Proxy> is not closed; add <\/Proxy> before line 4\n/,
  ],
  [`${balancer}</Proxy>\n</Proxy>\n`, 0, /^site\.conf:1 warning .*\nsite\.conf:4 error <\/Proxy> closes nothing/],
  ['ProxyPass / ftp://x/\n', 1, /^site\.conf:1 error "ftp:\/\/x\/" leads to what Muster does not speak/],
  ['ProxyPass / nowhere\n', 1, /^site\.conf:1 error "nowhere" is neither a URL nor "!"/],
]
for (const [text, code, says] of refusals) {
  test(`${JSON.stringify(text)} is answered with ${code} and a sentence`, () => {
    const result = imported(text)
    assert.match(result.stderr, says)
    assert.equal(result.code, code)
    if (code === 1) assert.equal(result.stdout, '')
  })
}

const words: readonly (readonly [words: readonly string[], code: number, says: RegExp])[] = [
  [[], 2, /^muster: import needs a format and one file\nusage: muster import apache/],
  [['--help'], 0, /^usage: muster import apache/],
  [['apache', '--help'], 0, /^usage: muster import apache/],
  [['apache'], 2, /^muster: import apache needs one file\n/],
  [['apache', 'a', 'b'], 2, /^muster: import needs a format and one file\n/],
  [['nginx', 'site.conf'], 2, /^muster: "nginx" cannot be imported, only apache can be imported\n/],
  [['apahce', 'site.conf'], 2, /only apache can be imported; did you mean "apache"\?\n/],
  [['apache', '--lables', 'site.conf'], 2, /^muster: unknown option '--lables'/],
  [['apache', 'gone.conf'], 1, /^muster: gone\.conf cannot be read: there is no file there/],
]
for (const [given, code, says] of words) {
  test(`muster import ${given.join(' ')}: ${code}`, () => {
    const terminal = virtualTerminal({})
    assert.equal(runImport(given, terminal), code)
    assert.match([...terminal.printed, ...terminal.complaints].join('\n'), says)
  })
}

test('a password in a URL is not repeated', () => {
  const { stdout, stderr } = imported(
    '<Proxy balancer://a>\nBalancerMember http://u:secret@h route=a\nBalancerMember http://h\nProxySet stickysession=X\n</Proxy>\nProxyPass / balancer://a/\n',
  )
  assert.match(stderr, /:2 error a server URL may not carry a user name or password/)
  assert.doesNotMatch(stdout + stderr, /secret/)
})

test('variables that double with each line do not fill the memory', () => {
  const lines = Array.from({ length: 60 }, (_, i) => `Define V${i + 1} "\${V${i}}\${V${i}}"`)
  const text = ['Define V0 xxxxxxxx', ...lines, 'ServerName ${V60}', 'ProxyPass / http://h/'].join('\n')
  const { code, stdout } = imported(text)
  assert.equal(code, 0)
  assert.ok(stdout.length < 100_000)
})

test('sections without end in one another are told, not followed', () => {
  const { code, stderr } = imported(`${'<Location />\n'.repeat(5000)}ProxyPass http://h/\n`)
  assert.equal(code, 0)
  assert.match(stderr, /site\.conf:41 error nested deeper than 40 sections: not read/)
})

const vocabulary = [
  ['<Proxy balancer://a>', '</Proxy>', '<VirtualHost *:80>', '</VirtualHost>', '<Location "/x">', '<LocationMatch (>'],
  ['BalancerMember', 'ProxySet', 'ProxyPass', 'ProxyPassMatch', 'ProxyPassReverse', 'ProxyPassReverseCookiePath'],
  [
    'Header',
    'add',
    'Set-Cookie',
    'ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/',
    'RequestHeader',
    'ServerName',
    'Define',
  ],
  ['http://h:80', 'balancer://a/', 'stickysession=ROUTEID', 'retry=500ms', 'route=1', 'hcmethod=GET', 'hcexpr=x', '!'],
  ['/', '/a', '^/(.*)$', '${X}', '"', "'", '\\', '#', '<', '__proto__', 'x.y', '$1', '<?php', '&a', '*a', '\n', '\n'],
].flat()

test('no text makes an import throw, and what it prints is YAML', () => {
  const token = fc.oneof(fc.constantFrom(...vocabulary), fc.string({ unit: 'binary', maxLength: 12 }))
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), fc.boolean(), (tokens, labels) => {
      const text = tokens.join(' ').replaceAll(/[\0\uFFFD]/g, '')
      const { code, stdout } = imported(text, ...(labels ? ['--labels'] : []))
      assert.ok(code === 0 || code === 1)
      assert.deepEqual(parseDocument(stdout, { merge: true }).errors, [])
    }),
    { numRuns: 300 },
  )
})
