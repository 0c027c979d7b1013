import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { connectionBudget } from '../../../src/settings/connection-budget.ts'

const source = new URL('../../../src/settings/connection-budget.ts', import.meta.url)

describe('connectionBudget', () => {
  test('leaves each client a connection to a member, and the process its own files', () => {
    assert.equal(connectionBudget(1024), 480)
    assert.equal(connectionBudget(256), 96)
  })

  test('lets one client in however low the limit is', () => {
    assert.equal(connectionBudget(64), 1)
    assert.equal(connectionBudget(10), 1)
  })

  test('is none when the limit is not known', () => {
    assert.equal(connectionBudget(0), 0)
  })
})

test('openFilesMax is what ulimit says', { skip: process.platform !== 'linux' }, () => {
  const program = `import(${JSON.stringify(source)}).then(({ openFilesMax }) => console.log(openFilesMax()))`
  const said = execFileSync('sh', ['-c', 'ulimit -n 321; exec "$0" -e "$1"', process.execPath, program])
  assert.equal(Number(said), 321)
})
