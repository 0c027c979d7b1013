// Why the Docker API socket could not open, in one sentence that names the way out.

export class DockerSocketError extends Error {
  override readonly name = 'DockerSocketError'

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
  }
}
