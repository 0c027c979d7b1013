// Times to the head of an answer, counted in buckets that each are a good third wider than the one before: enough to tell
// a median from a slow tail, in 128 bytes a member and thread.

export const latencyBuckets = 32
/** The upper end of the first bucket; the last one has no end (from 16 s on). */
const firstMs = 0.35
const perDoubling = 2

/** The upper end of a bucket, milliseconds. */
function upperMs(bucket: number): number {
  return firstMs * 2 ** (bucket / perDoubling)
}

export function bucketOf(ms: number): number {
  if (ms <= firstMs) return 0
  return Math.min(latencyBuckets - 1, Math.ceil(Math.log2(ms / firstMs) * perDoubling))
}

/**
 * The time within which that part of the answers came, milliseconds; undefined where there are none.
 * @param part between 0 and 1: 0.5 is the median
 */
export function percentile(counts: ArrayLike<number>, part: number): number | undefined {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0
  if (total === 0) return undefined
  let below = 0
  for (let i = 0; i < counts.length; i++) {
    const here = counts[i] ?? 0
    if (below + here < total * part) {
      below += here
      continue
    }
    // Evenly spread within the bucket, which is as much as is known.
    const from = i === 0 ? 0 : upperMs(i - 1)
    return from + (upperMs(i) - from) * ((total * part - below) / here)
  }
  return upperMs(latencyBuckets - 1)
}
