// Questions to a running controller, and edits.

export type ApiAnswer<T> =
  | { readonly ok: true; readonly value: T }
  /** `unreachable`: nobody answered at all; `status`: somebody did, and refused. */
  | { readonly ok: false; readonly unreachable: boolean; readonly status?: number; readonly message: string }

export const defaultApi = 'http://127.0.0.1:8080'

const timeoutMs = 10_000

/** @param api where the API entrypoint is, and its base path where it has one: `http://127.0.0.1:8080` */
export function askApi<T>(api: string, path: string, signal: AbortSignal): Promise<ApiAnswer<T>> {
  return call(api, path, {}, signal)
}

export interface ApiEdit {
  /** Of `/api/muster/session`. */
  readonly token: string
  readonly body: object
}

export function postApi<T>(api: string, path: string, edit: ApiEdit, signal: AbortSignal): Promise<ApiAnswer<T>> {
  const headers = { 'Content-Type': 'application/json', 'X-Muster-Token': edit.token }
  return call(api, path, { method: 'POST', headers, body: JSON.stringify(edit.body) }, signal)
}

async function call<T>(api: string, path: string, init: RequestInit, signal: AbortSignal): Promise<ApiAnswer<T>> {
  // Below the address, which may end with the API's base path.
  const url = URL.parse(`${api.replace(/\/+$/, '')}${path}`) ?? undefined
  if (url === undefined || !url.protocol.startsWith('http')) {
    return { ok: false, unreachable: false, message: `"${api}" is not an address; write ${defaultApi}` }
  }
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
    if (!response.ok) {
      const message = await refusal(url, response, init.method)
      return { ok: false, unreachable: false, status: response.status, message }
    }
    return { ok: true, value: (await response.json()) as T }
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException }
    const code = cause?.code
    if (code === undefined && !(error instanceof DOMException)) {
      return {
        ok: false,
        unreachable: false,
        message: `${url.origin} gives no answer of Muster's: ${cause?.message ?? message}`,
      }
    }
    const hint = 'is Muster running with --api.insecure? name another address with --api'
    return { ok: false, unreachable: true, message: `nothing answers at ${url.origin} (${code ?? message}); ${hint}` }
  }
}

/** Of an edit the controller says why. */
async function refusal(url: URL, response: Response, method: string | undefined): Promise<string> {
  const { status } = response
  const hint = status === 404 ? ': is this the API entrypoint of Muster?' : ''
  if (method !== 'POST') return `${url.origin} answers ${status}${hint}`
  const said: unknown = await response.json().catch(() => undefined)
  const reason = typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : ''
  return `${url.origin} answers ${status}${reason === '' ? hint : `: ${reason}`}`
}
