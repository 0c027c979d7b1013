// The programs of the benchmark: those this machine lacks come from Debian, without their services being started.
import { access, rm, writeFile } from 'node:fs/promises'
import { installPackages, whyNoPackages } from '../../compose/setup/apt.ts'
import { attempt } from '../../compose/setup/run.ts'
import { say, step } from '../../compose/setup/step.ts'
import { isInstalled } from './peers/peer.ts'
import type { Peer } from './peers/peer.ts'

/** Debian's packages ask this file whether they may start what they bring. */
const policy = '/usr/sbin/policy-rc.d'

/** Never fails: what is still missing afterwards is left out of the tables, with the reason. */
export async function installMissing(peers: readonly Peer[]): Promise<void> {
  const missing = ['wrk', ...peers.flatMap(({ debian }) => debian ?? [])].filter(
    (name) => !isInstalled(programOf(name)),
  )
  if (missing.length === 0) return
  const why = await whyNoPackages()
  if (why !== undefined) return say(`not installed: ${missing.join(', ')}; ${why}`)
  const install = async (): Promise<void> => {
    await using _quiet = await withoutServices()
    // One at a time: a package that fails takes no other along.
    for (const name of missing)
      await installPackages([name]).catch((error: Error) => say(`\n${name}: ${error.message}`))
  }
  await step(`installing ${missing.join(', ')} from Debian, without starting services`, install)
}

/** Debian names some packages otherwise than what is in them. */
function programOf(name: string): string {
  return { 'nginx-light': 'nginx', 'apache2-bin': 'apache2' }[name] ?? name
}

/** Forbids packages to start services until disposal. An existing policy is the administrator's and stays. */
async function withoutServices(): Promise<AsyncDisposable> {
  const exists = await access(policy).then(
    () => true,
    () => false,
  )
  if (!exists) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return {
    async [Symbol.asyncDispose]() {
      if (!exists) await rm(policy, { force: true })
    },
  }
}

/** What each program says of itself, by the peer's name. */
export async function versionsOf(peers: readonly Peer[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {}
  for (const { name, version } of peers) {
    try {
      const { command, args } = version()
      versions[name] = (await attempt(command, args)).output.trim().split('\n')[0] ?? ''
    } catch {
      versions[name] = 'not installed'
    }
  }
  return versions
}
