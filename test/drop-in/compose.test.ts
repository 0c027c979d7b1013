// Every compose file of the corpus, run with Muster in the place of the proxy it names: what is asked over real connections
// is answered as the file expects, and whatever cannot be done is said.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { SettingsError } from '../../src/settings/settings-error.ts'
import { ask } from './ask.ts'
import { whyNoPorts } from './backends.ts'
import { compareLines, readExpectations } from './expectations.ts'
import type { Expectations } from './expectations.ts'
import { openStage } from './stage.ts'

const skip = await whyNoPorts()
const directory = join(import.meta.dirname, 'compose')

for (const file of readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .sort()) {
  test(file, { skip }, async () => {
    const path = join(directory, file)
    const expectations = readExpectations(readFileSync(path, 'utf8'))
    const wrong = await play(path, expectations, Number.parseInt(file, 10))
    assert.equal(wrong.join('\n'), '')
  })
}

async function play(path: string, expectations: Expectations, net: number): Promise<readonly string[]> {
  if (expectations.refused !== undefined) {
    const refusal = await openStage(path, expectations, net).then(
      async (stage) => {
        await stage[Symbol.asyncDispose]()
        return new SettingsError('bad-value', 'it starts')
      },
      (error: unknown) => error,
    )
    if (!(refusal instanceof SettingsError)) throw refusal
    return compareLines('refusal', refusal.message.split('\n'), expectations.refused)
  }
  await using stage = await openStage(path, expectations, net)
  const wrong: string[] = []
  for (const request of expectations.requests ?? []) wrong.push(...(await ask(request, stage.settings.entryPoints)))
  wrong.push(...compareLines('problem', await stage.problems(), expectations.problems))
  wrong.push(...compareLines('warning', stage.settings.warnings, expectations.warnings))
  if (expectations.access !== undefined) {
    wrong.push(...compareLines('access line', await stage.accessLines(), expectations.access))
  }
  return wrong
}
