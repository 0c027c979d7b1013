// What is worked out of texts that clients and members make up, kept for the first thousand of them: the same few names and
// hosts come with every request, and no stranger can make it grow.

const knownMax = 1000

/**
 * `derive`, asked once for each text that it has an answer to. Texts hold one byte per character. Kept is a copy: V8 may
 * keep a part of a text as a view of the whole, and a whole request head would stay with it.
 */
export function rememberByText<T>(derive: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= knownMax) return derive(text)
    const own = Buffer.from(text, 'latin1').toString('latin1')
    const derived = derive(own)
    if (derived !== undefined) known.set(own, derived)
    return derived
  }
}
