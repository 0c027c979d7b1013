// What goes wrong, or changes, while traffic goes on: members are killed and hang, threads die, the configuration is
// rewritten. One of a kind at a time, and each once at least before the first measurement.
import { setTimeout as delay } from 'node:timers/promises'
import type { Books } from './books.ts'
import type { ConfigFile } from './config.ts'
import type { Dice } from './dice.ts'
import type { Lanes } from './lanes.ts'
import type { MemberProcess } from './members/member-process.ts'
import type { MusterProcess } from './muster/muster-process.ts'

export interface Victims {
  readonly muster: MusterProcess
  readonly config: ConfigFile
  readonly mortal: readonly MemberProcess[]
  readonly hanging: readonly MemberProcess[]
  /** Members of `steady`, which come and go by configuration only. */
  readonly steadyMembers: number
}

export interface Tally {
  memberDeaths: number
  hangs: number
  /** How long each replacement took. */
  readonly threadDeathsMs: number[]
  rewrites: number
}

export function addDisturbances(victims: Victims, books: Books, lanes: Lanes): Tally {
  const { muster, config, mortal, hanging, steadyMembers } = victims
  const tally: Tally = { memberDeaths: 0, hangs: 0, threadDeathsMs: [], rewrites: 0 }

  lanes.add('member deaths', { lanes: 1, pauseMs: [2000, 5000], firstMs: 1500 }, async (dice) => {
    const death = books.disturb('member death', 'mortal')
    const member = dice.pick(mortal)
    await member.kill()
    death.end()
    tally.memberDeaths++
    await delay(dice.whole(0, 1500))
    await member.start()
  })

  lanes.add('hangs', { lanes: 1, pauseMs: [5000, 15_000], firstMs: 1000 }, async (dice) => {
    const hang = books.disturb('hang', 'hanging')
    const member = dice.pick(hanging)
    member.hang()
    // Now and then as long as bar L3 has it.
    await delay(tally.hangs % 5 === 4 ? 20_000 : dice.whole(2000, 6000))
    member.goOn()
    hang.end()
    tally.hangs++
  })

  lanes.add('thread deaths', { lanes: 1, pauseMs: [12_000, 25_000], firstMs: 4000 }, async (dice) => {
    const death = books.disturb('thread death')
    tally.threadDeathsMs.push(await muster.endThread(dice.whole(0, 1), () => death.end()))
  })

  lanes.add('rewrites', { lanes: 1, pauseMs: [200, 3000] }, async (dice) => {
    await config.write(...change(dice, steadyMembers))
    tally.rewrites++
  })
  return tally
}

function change(dice: Dice, steadyMembers: number): Parameters<ConfigFile['write']> {
  return [{ steady: dice.whole(1, steadyMembers) }, dice.whole(0, 50)]
}
