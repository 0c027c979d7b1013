// Takes the values of environments out of an inspection, and leaves everything else as the engine wrote it.

/** An inspection is some ten kilobytes. */
export const redactedBytesMax = 8 * 1024 * 1024

const hidden = '***'

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** What every engine Muster runs on has, and its types have not yet. */
const exact = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown
  /** A number as it is written: limits of memory are larger than a number here is exact. */
  rawJSON(source: string): unknown
}

/** Undefined when it is not JSON. */
export function redact(json: string): string | undefined {
  try {
    return JSON.stringify(
      exact.parse(json, (key, value, { source }) => {
        if (key === 'Env') return Array.isArray(value) ? value.map(withoutValue) : hiddenUnlessNull(value)
        if (key === 'LogConfig') return withoutOptions(value)
        return typeof value === 'number' && source !== undefined ? exact.rawJSON(source) : value
      }),
    )
  } catch {
    return undefined
  }
}

function withoutValue(variable: unknown): string {
  return `${String(variable).split('=', 1)[0]}=${hidden}`
}

/** Options of log drivers are tokens of log services, among others. */
function withoutOptions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { Config: options, ...rest } = value as Record<string, unknown>
  if (typeof options !== 'object' || options === null) return value
  return { ...rest, Config: Object.fromEntries(Object.keys(options).map((name) => [name, hidden])) }
}

function hiddenUnlessNull(value: unknown): unknown {
  return value === null ? null : hidden
}
