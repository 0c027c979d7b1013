// Opens connections to members, plain or TLS, and knows every one that is still open.
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { UpstreamError, type UpstreamCode } from '../exchange/upstream-error.ts'
import type { Member } from '../service/member.ts'
import type { Inbox } from './inbox.ts'
import { MemberSocket } from './member-socket.ts'

export interface DialOptions {
  /**
   * Until the connection, TLS handshake included, is made; 0: as long as the system waits. A dead container's address
   * answers nothing for seconds.
   */
  readonly connectTimeoutMs: number
  /** For https members: accept only certificates that verify against `ca`, or the system's when undefined. */
  readonly rejectUnauthorized?: boolean
  readonly ca?: string
}

const keepAliveProbeMs = 30_000

export class Dialler implements AsyncDisposable {
  readonly #options: DialOptions
  readonly #open = new Set<Socket>()

  constructor(options: DialOptions) {
    this.#options = options
  }

  /**
   * A connected socket without listeners. Rejects with an UpstreamError, nothing sent.
   * @param inbox where a plain socket's bytes are to arrive; a TLS socket has 'data' events, and so has one without
   */
  async dial(member: Member, gone?: AbortSignal, inbox?: Inbox): Promise<Socket> {
    const { host, port, scheme } = member
    const socket = scheme === 'https' ? this.#startTls(member) : new MemberSocket(inbox).connect({ host, port })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveProbeMs)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    const giveUp = (): void => void socket.destroy()
    if (gone?.aborted === true) giveUp()
    gone?.addEventListener('abort', giveUp)
    try {
      await connected(socket, member, this.#options.connectTimeoutMs)
    } finally {
      gone?.removeEventListener('abort', giveUp)
    }
    return socket
  }

  #startTls(member: Member): Socket {
    const { rejectUnauthorized = true, ca } = this.#options
    return connectTls({
      host: member.host,
      port: member.port,
      // RFC 6066 section 3: a server name is never an address.
      ...(isIP(member.host) === 0 && { servername: member.host }),
      ...(ca !== undefined && { ca }),
      rejectUnauthorized,
      ALPNProtocols: ['http/1.1'],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#open].map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once('close', () => resolve())
            socket.destroy()
          }),
      ),
    )
  }
}

async function connected(socket: Socket, member: Member, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onError = (error: Error): void => reject(dialError(codeOf(error), member, error.message, error))
  const onClose = (): void => reject(dialError('unreachable', member, 'closed before it was ready'))
  const expire = (): void => {
    reject(dialError('connect-timeout', member, `no connection within ${timeoutMs} ms`))
    // The error listener stays on it: there may be another error to come.
    socket.destroy()
  }
  const timer = timeoutMs === 0 ? undefined : setTimeout(expire, timeoutMs)
  socket.once(member.scheme === 'https' ? 'secureConnect' : 'connect', resolve)
  socket.on('error', onError)
  socket.once('close', onClose)
  try {
    await promise
    socket.removeListener('error', onError)
    socket.removeListener('close', onClose)
  } finally {
    clearTimeout(timer)
  }
}

function dialError(code: UpstreamCode, member: Member, reason: string, cause?: unknown): UpstreamError {
  return new UpstreamError(code, `connecting to member "${member.key}": ${reason}`, { sent: false, cause })
}

const codes: Readonly<Record<string, UpstreamCode>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ETIMEDOUT: 'connect-timeout',
}

function codeOf(error: NodeJS.ErrnoException): UpstreamCode {
  return codes[error.code ?? ''] ?? 'unreachable'
}
