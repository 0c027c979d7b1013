import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextPhase } from '../../../src/cluster/life-cycle.ts'
import type { LifeEvent, Phase } from '../../../src/cluster/life-cycle.ts'

/** Sequences as a real engine emits them (20.10), and where each leaves the container. */
const sequences: readonly (readonly [string, readonly LifeEvent[], Phase])[] = [
  ['docker stop', ['drain', 'die'], 'stopped'],
  ['docker stop of a process that ignores TERM', ['drain', 'drain', 'die'], 'stopped'],
  ['docker restart', ['drain', 'die', 'start'], 'running'],
  ['a crash with restart=always', ['die', 'start'], 'running'],
  ['pause and unpause', ['pause', 'unpause'], 'running'],
  ['docker stop while paused', ['pause', 'drain', 'unpause', 'die'], 'stopped'],
  ['docker stop while paused, before the process is gone', ['pause', 'drain', 'unpause'], 'draining'],
  ['a stop signal the process survives', ['drain', 'survived'], 'running'],
]

for (const [name, events, expected] of sequences) {
  test(`${name} leaves the container ${expected}`, () => {
    assert.equal(events.reduce<Phase>(nextPhase, 'running'), expected)
  })
}
