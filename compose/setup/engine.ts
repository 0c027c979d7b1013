// A Docker engine to work with: the one that answers, or Debian's own, installed and started.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { installPackages, whyNoPackages } from './apt.ts'
import { SetupError, attempt, lastLines, run } from './run.ts'
import { step } from './step.ts'

export interface Engine {
  readonly version: string
}

const startCeilingMs = 60_000
const logFile = join(tmpdir(), 'muster-dockerd.log')

/** The engine that answers on DOCKER_HOST or the default socket; on Debian and Ubuntu as root one is installed if need be. */
export async function ensureEngine(): Promise<Engine> {
  const present = await answeringEngine()
  if (present !== undefined) return present
  const host = process.env['DOCKER_HOST']
  if (host) throw new SetupError(`no Docker engine answers at DOCKER_HOST "${host}"; start it, or unset DOCKER_HOST`)
  await ensureInstalled()
  // Where an init system starts services on installation, it may be up already or on its way.
  const running = await answeringEngine()
  return running ?? step('starting the Docker engine', startEngine)
}

async function answeringEngine(): Promise<Engine | undefined> {
  const { code, stdout, output } = await attempt('docker', ['version', '--format', '{{.Server.Version}}'])
  if (code === 0) return { version: stdout.trim() }
  if (!output.includes('permission denied')) return undefined
  throw new SetupError('the Docker engine refuses this user; run as root, or as a member of the group "docker"')
}

async function ensureInstalled(): Promise<void> {
  const daemon = (await attempt('dockerd', ['--version'])).code === 0
  const client = (await attempt('docker', ['--version'])).code === 0
  if (daemon && client && process.getuid?.() === 0) return
  const obstacle = await whyNoPackages()
  if (obstacle !== undefined) {
    throw new SetupError(
      `no Docker engine answers, and ${obstacle}; install Docker Engine 20.10 or later with Compose and start it, ` +
        'or point DOCKER_HOST at one',
    )
  }
  await step('installing the Docker engine (apt-get install docker.io)', () =>
    installPackages(['docker.io', 'docker-cli', 'iptables', 'ca-certificates']),
  )
}

async function startEngine(): Promise<Engine> {
  await ensureCgroups()
  if (existsSync('/run/systemd/system')) {
    await run('systemctl', ['start', 'docker'])
    return untilAnswering('`journalctl -u docker` says why', new AbortController().signal)
  }
  if (await isStarting()) return untilAnswering('its log says why', new AbortController().signal)
  // Detached with its own log: the engine outlives this script, as the containers it runs do.
  const log = await open(logFile, 'w')
  const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  const ended = new AbortController()
  child.on('error', () => ended.abort())
  child.on('exit', () => ended.abort())
  try {
    return await untilAnswering(`the end of ${logFile}:`, ended.signal)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(`${error.message}\n${lastLines(await readFile(logFile, 'utf8'))}`)
  } finally {
    child.unref()
  }
}

/** True when a dockerd is there that does not answer yet, as one that the package's own start script began. */
async function isStarting(): Promise<boolean> {
  const pid = Number(await readFile('/var/run/docker.pid', 'utf8').catch(() => ''))
  return pid > 0 && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'dockerd'
}

async function untilAnswering(where: string, ended: AbortSignal): Promise<Engine> {
  const began = performance.now()
  for (;;) {
    const engine = await answeringEngine()
    if (engine !== undefined) return engine
    if (ended.aborted) throw new SetupError(`the Docker engine ended while starting; ${where}`)
    if (performance.now() - began > startCeilingMs) {
      throw new SetupError(`the Docker engine did not answer within ${startCeilingMs / 1000} s; ${where}`)
    }
    await delay(200)
  }
}

/** Containers need control groups; a machine without an init system may not have them mounted. */
async function ensureCgroups(): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8')
  if (/^\S+ \S+ cgroup2? /m.test(mounts)) return
  await installPackages(['cgroupfs-mount'])
  await run('cgroupfs-mount', [])
}
