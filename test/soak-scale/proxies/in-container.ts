// A program of this machine in the network of a container: it has the container's published port and Docker's name server,
// as in an image of its own.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programPath } from '../../bench/peers/peer.ts'
import { Program, freePort } from '../../bench/program.ts'
import { memberImage } from '../member/image.ts'
import { isListening } from './listening.ts'
import type { RunningProxy, Task } from './proxy.ts'

export interface ProgramInContainer {
  readonly program: string
  readonly args: (file: string) => readonly string[]
  readonly fileName: string
  readonly configuration: string
  readonly env?: Readonly<Record<string, string>>
}

export interface RunningProgram extends RunningProxy {
  readonly pid: number
  readonly file: string
}

/** The program listens on port 80 of every address. */
export async function startInContainer({ stage, say }: Task, what: ProgramInContainer): Promise<RunningProgram> {
  const command = programPath('nsenter')
  const program = programPath(what.program)
  const port = await freePort()
  const idle = ['--entrypoint', 'node', memberImage, '-e', 'setInterval(() => {}, 1e6)']
  const id = await stage.container('-p', `127.0.0.1:${port}:80`, ...idle)
  const pid = (await stage.docker('inspect', '-f', '{{.State.Pid}}', id)).trim()
  const file = join(stage.directory, what.fileName)
  await writeFile(file, what.configuration)
  const args = ['-t', pid, '-n', '--', program, ...what.args(file)]
  const running = new Program({ command, args, ...(what.env && { env: what.env }) })
  if (say) running.onOutput(say)
  await running.untilReady(() => isListening(port))
  return { port, file, pid: running.pid, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
}
