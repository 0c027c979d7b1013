import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progressOf } from '../../../../src/cli/scale/progress.ts'
import type { ReplicaEvent, Step, Tell } from '../../../../src/cli/scale/progress.ts'
import { virtualTerminal } from '../virtual-terminal.ts'

function step(replica: string, to: Step, more: Partial<ReplicaEvent> = {}): ReplicaEvent {
  return { event: 'replica', project: 'shop', service: 'web', replica, step: to, ...more }
}

function play(tell: Tell): void {
  tell(step('shop-web-2', 'creating'))
  tell(step('shop-web-3', 'creating'))
  tell(step('shop-web-2', 'waiting', { detail: 'Docker health is starting' }))
  tell(step('shop-web-2', 'waiting', { detail: 'Docker health is starting (503)' }))
  tell({ event: 'note', message: 'by the way' })
  tell(step('shop-web-2', 'ready'))
  tell(step('shop-web-3', 'failed', { detail: 'its process ended\u001B[2J\nwith exit code 3', log: ['no config'] }))
  const services = [{ project: 'shop', service: 'web', before: 1, wanted: 3, now: 2 }]
  tell({ event: 'summary', ok: false, interrupted: false, ms: 1234, services })
}

test('without a terminal each new step is a line', () => {
  const terminal = virtualTerminal({})
  play(progressOf(terminal, false))
  assert.deepEqual(terminal.printed, [
    '· shop-web-2 creating',
    '· shop-web-3 creating',
    '· shop-web-2 waiting: Docker health is starting',
    '✓ shop-web-2 ready',
    '✗ shop-web-3 failed: its process ended with exit code 3',
    '    shop-web-3 | no config',
    'shop/web: 1 → 2 replicas, 3 wanted',
    'not all done after 1.2 s',
  ])
  assert.deepEqual(terminal.complaints, ['muster: by the way'])
})

test('with --json each event is an object on a line, the summary the last', () => {
  const terminal = virtualTerminal({})
  play(progressOf(terminal, true))
  const events = terminal.printed.map((line) => JSON.parse(line))
  assert.equal(events.length, 8)
  assert.deepEqual(events[0], step('shop-web-2', 'creating'))
  assert.equal(events.at(-1).event, 'summary')
  assert.deepEqual(terminal.complaints, [])
})

for (const [rows, columns, shown] of [
  [24, 80, ['✓ shop-web-2 ready', '✗ shop-web-3 failed: its process ended with exit code 3']],
  [24, 25, ['✓ shop-web-2 ready', '✗ shop-web-3 failed: it…']],
  [2, 80, ['✗ shop-web-3 failed: its process ended with exit code 3', '1 more, 1 are done']],
] as const) {
  test(`on a terminal of ${columns} × ${rows} one line per replica is drawn again`, () => {
    const screen = new Screen()
    const live = { write: (text: string) => screen.write(text), size: () => ({ rows, columns }) }
    const terminal = { ...virtualTerminal({}), live, print: (text: string) => screen.write(`${text}\n`) }
    play(progressOf({ ...terminal, complain: terminal.print }, false))
    assert.deepEqual(screen.lines, [
      'muster: by the way',
      '    shop-web-3 | no config',
      ...shown,
      'shop/web: 1 → 2 replicas, 3 wanted',
      'not all done after 1.2 s',
    ])
  })
}

/** As far as such lines need one. */
class Screen {
  lines: string[] = []

  write(text: string): void {
    for (const [, up, line] of text.matchAll(/.\[(\d+)A.\[J|(.*)\n/g)) {
      if (up === undefined) this.lines.push(line ?? '')
      else this.lines = this.lines.slice(0, -Number(up))
    }
  }
}
