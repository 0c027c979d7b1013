// Connections to an engine by ssh, as the docker command makes them: the system's ssh with its configuration, keys and known
// hosts runs `docker system dial-stdio` over there, and what it reads and writes is the connection.
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { Agent } from 'node:http'
import { Duplex } from 'node:stream'
import { keptConnections } from './direct-agent.ts'
import type { Endpoint } from './endpoint.ts'
import { engineFailure } from './engine-failure.ts'
import { explainSsh } from './ssh-failure.ts'

type SshEndpoint = Extract<Endpoint, { kind: 'ssh' }>

/** Of what ssh says, in characters; the end says why it gave up. */
const complaintMax = 2000

export class SshAgent extends Agent {
  readonly #endpoint: SshEndpoint
  readonly #shown: string

  constructor(endpoint: SshEndpoint, shown: string) {
    super(keptConnections)
    this.#endpoint = endpoint
    this.#shown = shown
  }

  override createConnection(): Duplex {
    return new SshConnection(sshArguments(this.#endpoint), this.#shown)
  }
}

/**
 * No terminal, and no question that nobody would answer. The name comes after `--`: one that begins with a dash is no
 * option of ssh.
 */
function sshArguments({ host, port, user, socketPath }: SshEndpoint): readonly string[] {
  const login = user === '' ? [] : ['-l', user]
  const toPort = port === undefined ? [] : ['-p', String(port)]
  const engine = socketPath === '' ? [] : ['--host', `unix://${socketPath}`]
  const quiet = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10']
  return [...quiet, ...login, ...toPort, '--', host, 'docker', ...engine, 'system', 'dial-stdio']
}

/** One process. It ends with the connection, and the connection with it. */
class SshConnection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #shown: string
  #complaint = ''
  #idle: NodeJS.Timeout | undefined

  constructor(args: readonly string[], shown: string) {
    super()
    this.#shown = shown
    // A session of its own: Ctrl-C in the terminal is for Muster, which has things to end before its connections.
    this.#child = spawn('ssh', args, { detached: true, windowsHide: true })
    const { stdin, stdout, stderr } = this.#child
    stdin.on('error', () => undefined)
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause()
    })
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-complaintMax)
    })
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'there is no program named ssh' : error.message
      this.destroy(engineFailure('ssh', shown, reason, error))
    })
    this.#child.on('close', (code) => this.#ended(code))
  }

  // What an agent asks of a socket.
  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  setTimeout(ms: number): this {
    clearTimeout(this.#idle)
    this.#idle = ms === 0 ? undefined : setTimeout(() => this.emit('timeout'), ms).unref()
    return this
  }

  override _read(): void {
    this.#child.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    // An error here says only that ssh has gone; why is known when it has ended.
    this.#child.stdin.write(chunk, () => done())
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle)
    this.#child.stdin.destroy()
    this.#child.kill()
    done(error)
  }

  #ended(code: number | null): void {
    if (code === 0) this.push(null)
    else this.destroy(explainSsh(code, this.#complaint, this.#shown))
  }
}
