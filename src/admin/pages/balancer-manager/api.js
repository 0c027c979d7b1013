// The requests the page makes. Relative: a router may have put the API under a prefix.

const base = new URL(`${document.documentElement.dataset.api}muster/`, location.href)

export function apiUrl(path) {
  return new URL(path, base)
}

export async function get(path) {
  const response = await fetch(apiUrl(path), { signal: AbortSignal.timeout(5000) })
  if (response.ok) return response.json()
  const { message = `status ${response.status}` } = await response.json().catch(() => ({}))
  throw Object.assign(new Error(message), { isRefusal: response.status === 403 })
}

/** The status with what was answered; status 0 and a message when nothing was. */
export async function post(path, token, body) {
  try {
    const response = await fetch(apiUrl(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Muster-Token': token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    const answer = await response.json().catch(() => ({}))
    return { message: `Muster answered with status ${response.status}.`, ...answer, status: response.status }
  } catch {
    return { status: 0, message: 'No answer from Muster: the change may not have taken effect.' }
  }
}
