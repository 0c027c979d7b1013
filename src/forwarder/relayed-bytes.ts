// What a client uploads, and what comes over TLS, passes in pieces of 64 KB that live outside of the JavaScript heap: V8
// sees little reason to collect them and lets some 90 MB gather. Collecting the young ones every few megabytes takes well
// under a millisecond and keeps it low. What a plain member sends needs none of it: see `inbox.ts`.

const collectEvery = 8 * 1024 * 1024

/** Only there with `--expose-gc`; without it everything works and takes more memory. */
const { gc } = globalThis
let sinceCollected = 0

export function countRelayed(bytes: number): void {
  sinceCollected += bytes
  if (sinceCollected < collectEvery) return
  sinceCollected = 0
  gc?.({ type: 'minor' })
}
