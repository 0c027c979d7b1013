// No request is lost while members come, go and break, on a real engine: the short form of `npm run soak:scale`.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { failuresOf } from '../soak-scale/report.ts'
import { cycles, recreates, socketLoss, troubles } from '../soak-scale/happenings.ts'
import { buildMemberImage } from '../soak-scale/member/image.ts'
import { musterFromCheckout } from '../soak-scale/proxies/muster.ts'
import { Scene } from '../soak-scale/scene.ts'
import type { Happening, Row } from '../soak-scale/scene.ts'
import { SocketRelay } from '../soak-scale/socket-relay.ts'
import { Stage } from '../soak-scale/stage.ts'
import type { Manner } from '../soak-scale/stage.ts'
import { prepareGround } from './images.ts'

const replicas = 4
const lossMs = 10_000

const ground = await prepareGround({})

if (ground.kind === 'missing' || ground.v2.kind === 'missing') {
  const reason = ground.kind === 'missing' ? ground.reason : ground.v2.kind === 'missing' ? ground.v2.reason : ''
  test('no request is lost', { skip: reason })
} else noLoss(ground.v2)

function noLoss(tool: ComposeTool): void {
  describe('no request is lost', { concurrency: 1 }, () => {
    const stack = new AsyncDisposableStack()
    let scene: Scene
    let relay: SocketRelay

    before(async () => {
      await buildMemberImage()
      const stage = stack.use(await Stage.open({ tool, name: `muster-no-loss-${process.pid}` }))
      relay = stack.use(await SocketRelay.open(join(stage.directory, 'docker.sock')))
      scene = stack.use(await Scene.open(musterFromCheckout, { stage, engine: relay.address, say: undefined }))
      await scene.ready(['graceful', 'abrupt'], replicas)
    })

    after(() => stack.disposeAsync())

    test('while services are scaled, but for what is inside a process that ends without a word', async () => {
      await assertHeld(cycles(scene, ['graceful', 'abrupt'], 2), ['graceful', 'abrupt'])
    })

    test('while all members are recreated at once', async () => {
      await assertHeld(recreates(scene, ['graceful', 'abrupt'], 1), ['graceful', 'abrupt'])
      await scene.stage.up(['abrupt'], 0)
    })

    test('while members are paused, killed, cut off and out of memory, but for POSTs inside them', async () => {
      for (const trouble of troubles(scene, 1)) await assertHeld(trouble, ['graceful'])
    })

    test('while the Docker socket is away, and what happens afterwards is heard again', async () => {
      await assertHeld(socketLoss(scene, relay, lossMs), ['graceful'])
    })

    /** How long anything took is not asked here: the machine may be busy with other work. */
    async function assertHeld(happening: Happening, manners: readonly Manner[]): Promise<void> {
      for (const row of await scene.under(manners, happening)) {
        assert.ok(row.requests > 0)
        assert.deepEqual(mayNotFail(row), [], failuresOf(row).join('\n'))
        assert.deepEqual({ wrong: row.failed.wrong, twice: row.twice }, { wrong: 0, twice: 0 }, row.what)
      }
    }
  })
}

/** The failures of a row that its bar does not excuse. */
function mayNotFail({ bar, what, failures }: Row): readonly string[] {
  const excused = bar !== 'nothing'
  const mayRepeat = bar === 'what was inside and may not be repeated'
  return failures
    .filter(({ place, method }) => !excused || place === 'outside' || (mayRepeat && method !== 'POST'))
    .map(({ method, reason, place }) => `${what}: ${method} ${reason} ${place}`)
}
