// Everything the soak does with one proxy, and what was found.
import { join } from 'node:path'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { say } from '../../compose/setup/step.ts'
import { measureLatency } from '../docker/latency.ts'
import { judge } from './bars.ts'
import { cycles, engineRestarts, quiet, recreates, rolls, rollsFrom, socketLoss, troubles } from './happenings.ts'
import { memberImage } from './member/image.ts'
import type { Options } from './options.ts'
import { MusterView } from './muster-view.ts'
import { PrivateEngine } from './private-engine.ts'
import { musterFromCheckout } from './proxies/muster.ts'
import type { Proxy } from './proxies/proxy.ts'
import { failuresOf, tableOf, timesTable } from './report.ts'
import type { Summary } from './report.ts'
import { Scene } from './scene.ts'
import type { Happening, Row, Times } from './scene.ts'
import { SocketRelay } from './socket-relay.ts'
import { Stage } from './stage.ts'
import type { App, StageOptions } from './stage.ts'
import { startSurvivors } from './survivors.ts'
import { judgeStorms } from './storms/storm-bars.ts'
import { stormTable } from './storms/storm-table.ts'
import { measureStorms } from './storms/storms.ts'
import type { Storms } from './storms/storms.ts'

interface Findings {
  readonly rows: Row[]
  readonly times: Times
  latency: Readonly<Record<string, Summary>>
  storms?: Storms
}

const replicas = 4
const engineSocket = '/var/run/docker.sock'

export class Course {
  readonly #proxy: Proxy
  readonly #options: Options
  readonly #log: ((text: string) => void) | undefined
  readonly #findings: Findings = {
    rows: [],
    times: { killToLast: [], listeningToFirst: [], answerToList: [] },
    latency: {},
  }
  #stages = 0

  constructor(proxy: Proxy, options: Options, log: ((text: string) => void) | undefined) {
    this.#proxy = proxy
    this.#options = options
    this.#log = log
  }

  /** @param tools the newest first; none where no part needs the engine */
  async run(tools: readonly ComposeTool[]): Promise<void> {
    const { parts, flapSeconds } = this.#options
    const [newest] = tools
    if (newest !== undefined) await this.#onEngine(tools, newest)
    const isMuster = this.#proxy.name === 'muster'
    if (isMuster && parts.includes('storms')) this.#findings.storms = await measureStorms(flapSeconds, this.#log)
  }

  async #onEngine(tools: readonly ComposeTool[], newest: ComposeTool): Promise<void> {
    const { parts, rounds } = this.#options
    if (parts.includes('scaling')) for (const tool of tools) await this.#scaling(tool)
    if (parts.includes('rolling')) await this.#rolling(newest)
    if (parts.includes('troubles')) await this.#troubles(newest)
    // What follows is about the one connection to the engine, which no other proxy here holds on to in the same way.
    if (this.#proxy.name !== 'muster') return
    if (parts.includes('socket')) await this.#socketLoss(newest)
    if (parts.includes('engine')) for (const live of [true, false]) await this.#engineRestarts(newest, live)
    if (parts.includes('latency')) this.#findings.latency = await measureLatency({ tool: newest, rounds })
  }

  conclude(): object {
    const { rows, times, latency, storms } = this.#findings
    const tables = [tableOf(rows), timesTable(times, latency), storms === undefined ? '' : stormTable(storms)]
    for (const table of tables.filter(Boolean)) say(`\n${table}`)
    const bars = [...judge(rows, times), ...(storms === undefined ? [] : judgeStorms(storms))]
    if (bars.length > 0) say('\nWhat must be reached')
    for (const { name, held, figures } of bars) say(`  ${held ? 'reached    ' : 'NOT REACHED'}  ${name}: ${figures}`)
    if (this.#options.check && bars.some(({ held }) => !held)) process.exitCode = 1
    return { rows, times, latency, storms, bars }
  }

  async #scaling(tool: ComposeTool): Promise<void> {
    await using stack = new AsyncDisposableStack()
    const scene = await this.#open(stack, { tool })
    const { manners, through, cycles: times, recreates: recreateTimes } = this.#options
    const { dockerHost } = scene.proxy
    const hosts = through.flatMap((way) => (way === 'engine' ? [undefined] : (dockerHost ?? [])))
    for (const manner of manners) {
      const own = [manner]
      await scene.ready(own, replicas)
      for (const host of hosts) {
        await this.#under(scene, own, cycles(scene, own, times, host))
        await this.#under(scene, own, recreates(scene, own, recreateTimes, host))
      }
      await scene.stage.up(own, 0)
    }
  }

  async #rolling(tool: ComposeTool): Promise<void> {
    await using stack = new AsyncDisposableStack()
    const scene = await this.#open(stack, { tool })
    await scene.ready(['graceful'], rollsFrom)
    await scene.untilServing(['graceful'])
    const [peace] = await this.#under(scene, ['graceful'], quiet)
    await this.#under(scene, ['graceful'], rolls(scene, this.#options.rolls, peace?.p99Ms ?? 0))
  }

  async #troubles(tool: ComposeTool): Promise<void> {
    await using stack = new AsyncDisposableStack()
    const scene = await this.#open(stack, { tool })
    await scene.ready(['graceful'], replicas)
    for (const trouble of troubles(scene, this.#options.troubles)) await this.#under(scene, ['graceful'], trouble)
  }

  async #socketLoss(tool: ComposeTool): Promise<void> {
    await using stack = new AsyncDisposableStack()
    const stage = stack.use(await Stage.open({ tool, name: this.#name() }))
    const relay = stack.use(await SocketRelay.open(join(stage.directory, 'docker.sock')))
    const task = { stage, engine: relay.address, say: this.#log }
    const scene = stack.use(await Scene.open(musterFromCheckout, task))
    await scene.ready(['graceful'], replicas)
    await this.#under(scene, ['graceful'], socketLoss(scene, relay, this.#options.lossSeconds * 1000))
  }

  async #engineRestarts(tool: ComposeTool, liveRestore: boolean): Promise<void> {
    await using stack = new AsyncDisposableStack()
    const engine = stack.use(await PrivateEngine.open([memberImage], liveRestore))
    const own = { name: this.#name(), env: engine.env, restarts: !liveRestore }
    const stage = stack.use(await Stage.open({ tool, usesBridge: true, ...own }))
    const machine = stack.use(await Stage.open({ tool, usesBridge: true, name: this.#name() }))
    const view = await MusterView.open()
    const words = [...(await startSurvivors(machine, stage)), ...view.words]
    const task = { stage, engine: `unix://${engine.socket}`, say: this.#log, words }
    const scene = stack.use(await Scene.open(musterFromCheckout, task))
    await scene.ready(['graceful'], replicas)
    await this.#under(scene, ['graceful', 'survivor'], engineRestarts(scene, { engine, view, times: 3 }))
  }

  async #open(stack: AsyncDisposableStack, options: Pick<StageOptions, 'tool'>): Promise<Scene> {
    const stage = stack.use(await Stage.open({ ...options, name: this.#name() }))
    return stack.use(await Scene.open(this.#proxy, { stage, engine: `unix://${engineSocket}`, say: this.#log }))
  }

  async #under(scene: Scene, manners: readonly App[], happening: Happening): Promise<readonly Row[]> {
    const began = performance.now()
    const rows = await scene.under(manners, happening)
    for (const row of rows) {
      const failed = row.failures.length
      const seconds = ((performance.now() - began) / 1000).toFixed(0)
      say(`${row.on}: ${row.what}, ${row.manner}: ${failed} of ${row.requests} failed, ${seconds} s`)
      for (const line of failuresOf(row)) say(line)
      this.#findings.rows.push(row)
    }
    this.#findings.times.killToLast.push(...scene.times.killToLast.splice(0))
    this.#findings.times.listeningToFirst.push(...scene.times.listeningToFirst.splice(0))
    this.#findings.times.answerToList.push(...scene.times.answerToList.splice(0))
    return rows
  }

  #name(): string {
    return `muster-soak-${process.pid}-${++this.#stages}`
  }
}
