// Muster's own answers, in the form of the engine's: the docker command shows the message as the reason.

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  502: 'Bad Gateway',
}

/** The last one on its connection. */
export function answer(status: 400 | 403 | 502, message: string, method: string): string {
  const body = `${JSON.stringify({ message })}\n`
  return [
    `HTTP/1.1 ${status} ${reasons[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    'Server: Muster',
    '',
    method === 'HEAD' ? '' : body,
  ].join('\r\n')
}
