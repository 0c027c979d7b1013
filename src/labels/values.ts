// How one text becomes one value: Traefik's rules (Go's strconv and time.ParseDuration), without a schema around them.

/** Go's strconv.ParseBool, which is what Traefik reads booleans with: `yes` and `on` are not in it. */
export function parseBool(text: string): boolean | undefined {
  return booleans.get(text)
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

/** A decimal integer of any size, with an optional sign. */
export function parseInteger(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined
}

/** Milliseconds. A bare integer means seconds; else Go's duration text: `1m30s`, `1.5h`, `100ms`. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number(text) * 1000
  if (!/^[+-]?(\d+(\.\d*)?(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?)([a-zµμ]+)/g)) {
    total += Number(amount) * (msPerUnit.get(unit ?? '') ?? 0)
  }
  return text.startsWith('-') ? -total : total
}

const msPerUnit: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3], // U+00B5, the micro sign
  ['μs', 1e-3], // U+03BC, the Greek letter
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])
