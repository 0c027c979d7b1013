// Why an entrypoint could not open.

const wayOut: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use: stop what listens there or choose another port',
  EACCES: 'not permitted: choose a port from 1024 up or grant CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address: leave the host out to listen on all',
}

export class EntrypointError extends Error {
  override readonly name = 'EntrypointError'
  /** The system's code (`EADDRINUSE`, `EACCES`, …) or `ERR_TRUSTED_IP`. */
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** `entrypoint "web": listening on :80 — the address is in use: …`, with the option that changes it. */
export function listenError(name: string, address: string, cause: NodeJS.ErrnoException): EntrypointError {
  const code = cause.code ?? 'ERR_LISTEN'
  const reason = wayOut[code] ?? cause.message
  return new EntrypointError(
    code,
    `entrypoint "${name}": listening on ${address}: ${reason} (--entrypoints.${name}.address)`,
    cause,
  )
}
