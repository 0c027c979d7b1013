import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runPlan } from '../../../src/cli/plan.ts'
import { virtualTerminal } from './virtual-terminal.ts'

const { signal } = new AbortController()

const rule = 'traefik.http.routers.web.rule: Host(`a.example`)'

test('for machines: problems have their place in the same words as those of lint', async () => {
  const label = 'traefik.http.routers.web.prority: 1'
  const text = `name: shop\nservices: {web: {expose: ["80"], labels: {${rule}, ${label}}}}`
  const terminal = virtualTerminal({ 'compose.yaml': text })
  assert.equal(await runPlan(['--offline', '--json', '/work/compose.yaml'], terminal, signal), 1)
  const { project, problems } = JSON.parse(terminal.printed.join('\n')) as { project: string; problems: unknown }
  assert.equal(project, 'shop')
  assert.deepEqual(problems, [
    {
      file: 'compose.yaml',
      line: 2,
      column: (text.split('\n')[1]?.indexOf(label) ?? 0) + 1,
      severity: 'error',
      service: 'web',
      label: 'traefik.http.routers.web.prority',
      message: 'unknown field "prority"',
      hint: 'did you mean "priority"?',
    },
  ])
})

const codes: readonly (readonly [what: string, text: string | undefined, args: readonly string[], code: number])[] = [
  ['a plan', `services: {web: {expose: ["80"], labels: {${rule}}}}`, [], 0],
  ['what compose would refuse', 'services: {web: {extends: gone}}', [], 1],
  ['no such file', undefined, [], 2],
  ['no YAML', 'services: [', [], 2],
  ['no such option', 'services:', ['--jsn'], 2],
  ['a question how it is used', undefined, ['--help'], 0],
]
for (const [what, text, args, code] of codes) {
  test(`exit code of ${what}: ${code}`, async () => {
    const terminal = virtualTerminal(text === undefined ? {} : { 'compose.yaml': text })
    assert.equal(await runPlan(['--offline', ...args, '/work/compose.yaml'], terminal, signal), code)
    if (code === 2) assert.notEqual(terminal.complaints.length, 0)
  })
}
