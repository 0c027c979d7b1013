// Whether a proxy answers, whatever it says. A published port accepts before anybody listens behind it.
export async function isListening(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(1000) })
  await answer.arrayBuffer()
  return true
}
