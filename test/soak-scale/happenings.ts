// What happens to members and engine while requests are under way.
import { setTimeout as delay } from 'node:timers/promises'
import type { Bar, Happening, Scene } from './scene.ts'
import type { MusterView } from './muster-view.ts'
import type { PrivateEngine } from './private-engine.ts'
import type { SocketRelay } from './socket-relay.ts'
import type { App, Manner } from './stage.ts'

const cycle = [4, 2, 4, 1, 3] as const
const fullReplicas = 4
export const rollsFrom = 10
const rollsTo = 3
const rollsPerSecond = 500
const quietMs = 10_000
/** Between one step and the next, once it has taken effect. */
const pauseMs = 300
const recoverMs = 1200
const pausedMs = 1000
const apartMs = 1000
const engineAwayMs = 1000

const inSight = (manner: App): Bar => (manner === 'graceful' ? 'nothing' : 'what was inside')

export function cycles(scene: Scene, manners: readonly Manner[], times: number, host?: string): Happening {
  return {
    what: `${times} × scale ${cycle.join('→')}${host === undefined ? '' : ', Docker API socket'}`,
    bar: host === undefined ? inSight : () => 'nothing',
    timed: true,
    async work() {
      for (let done = 0; done < times; done++) {
        for (const replicas of cycle) {
          await scene.stage.up(manners, replicas, { host })
          await scene.untilServing(manners)
          await delay(pauseMs)
        }
      }
    },
  }
}

export function recreates(scene: Scene, manners: readonly Manner[], times: number, host?: string): Happening {
  return {
    what: `${times} × recreate all ${fullReplicas}${host === undefined ? '' : ', Docker API socket'}`,
    bar: host === undefined ? inSight : () => 'nothing',
    timed: true,
    worstMax: 3000,
    async work() {
      for (let done = 0; done < times; done++) {
        await scene.stage.up(manners, fullReplicas, { recreate: true, host })
        await scene.untilServing(manners)
        await delay(pauseMs)
      }
    },
  }
}

/** What follows is compared with it. */
export const quiet: Happening = {
  what: 'nothing',
  bar: () => 'nothing',
  perSecond: rollsPerSecond,
  work: () => delay(quietMs),
}

/** Stopped and started again by hand, with five seconds to stop; nobody scales. @param quietP99 in peace, milliseconds */
export function rolls(scene: Scene, times: number, quietP99: number): Happening {
  const { stage } = scene
  return {
    what: `${times} × ${rollsFrom}→${rollsTo}→${rollsFrom}, docker stop and start`,
    bar: () => 'nothing',
    perSecond: rollsPerSecond,
    p99Max: 2 * quietP99,
    async work() {
      const members = await stage.members('graceful')
      for (let done = 0; done < times; done++) {
        // Others each time.
        const first = done % members.length
        const going = [...members.slice(first), ...members.slice(0, first)].slice(0, rollsFrom - rollsTo)
        await stage.docker('stop', '-t', '5', ...going)
        await delay(pauseMs)
        await scene.startAgain(going)
        await delay(pauseMs)
      }
    },
  }
}

/** Members that are taken away without a word to them. */
export function troubles(scene: Scene, times: number): readonly Happening[] {
  const { stage, departures } = scene
  const bar = (): Bar => 'what was inside and may not be repeated'
  const trouble = (what: string, act: (member: string) => Promise<unknown>): Happening => ({
    what: `${times} × ${what}`,
    bar,
    async work() {
      await delay(pauseMs)
      for (let done = 0; done < times; done++) {
        const members = await stage.members('graceful')
        await act(members[done % members.length] ?? '')
        await delay(recoverMs)
      }
    },
  })
  const network = (verb: string, ...words: string[]): Promise<string> => stage.docker('network', verb, ...words)
  return [
    trouble(`pause for ${pausedMs / 1000} s`, async (member) => {
      await stage.docker('pause', member)
      await delay(pausedMs)
      await stage.docker('unpause', member)
    }),
    trouble('docker kill', async (member) => {
      await stage.docker('kill', member)
      await stage.docker('start', member)
    }),
    trouble('kill -9 from outside', async (member) => {
      const pid = Number(await stage.docker('inspect', '-f', '{{.State.Pid}}', member))
      await departures.during('kill -9', member, async () => void process.kill(pid, 'SIGKILL'))
      await stage.docker('wait', member)
      await stage.docker('start', member)
    }),
    trouble('network disconnect', async (member) => {
      await departures.during('disconnect', member, () => network('disconnect', stage.network, member))
      await delay(apartMs)
      await network('connect', '--alias', 'graceful', stage.network, member)
    }),
    trouble('out of memory', async (member) => {
      await stage.docker('kill', '-s', 'USR2', member)
      await stage.docker('wait', member)
      await stage.docker('start', member)
    }),
  ]
}

/** Afterwards the proxy must still hear what happens: two members go. */
export function socketLoss(scene: Scene, relay: SocketRelay, ms: number): Happening {
  return {
    what: `Docker socket lost for ${ms / 1000} s, then 4→2`,
    bar: () => 'nothing',
    async work() {
      await delay(pauseMs)
      await relay.lose()
      await delay(ms)
      await relay.restore()
      await delay(recoverMs)
      await scene.stage.up(['graceful'], 2)
      await delay(recoverMs)
    },
  }
}

export interface EngineRestarts {
  readonly engine: PrivateEngine
  readonly view: MusterView
  readonly times: number
}

export function engineRestarts(scene: Scene, { engine, view, times }: EngineRestarts): Happening {
  const { stage, departures } = scene
  const stop = async (): Promise<void> => {
    if (engine.liveRestore) return engine.stop()
    const members = await stage.members('graceful')
    const ended = engine.stop()
    await Promise.all(members.map((member) => departures.during('the engine', member, () => ended)))
    departures.close()
  }
  const restart = async (): Promise<number> => {
    await stop()
    await delay(engineAwayMs)
    return engine.start()
  }
  return {
    what: `${times} × engine restart ${engine.liveRestore ? 'with' : 'without'} live-restore, then 4→2`,
    bar: (app) => (engine.liveRestore || app === 'survivor' ? 'nothing' : 'what was inside and may not be repeated'),
    async work() {
      await view.untilReady('graceful@docker', fullReplicas)
      for (let done = 0; done < times; done++) {
        const [answers, listed] = await Promise.all([restart(), view.untilBack()])
        scene.times.answerToList.push(Math.max(listed - answers, 0))
        // A container whose process cannot take a signal yet keeps an engine from ending for ten seconds.
        await view.untilReady('graceful@docker', fullReplicas)
        await delay(recoverMs)
      }
      await stage.up(['graceful'], 2)
      await delay(recoverMs)
    },
  }
}
