// Whose turn it is in a service, in shared memory: a position in a sequence of members that was worked out beforehand.
// All threads take turns from one position, so the order is exact whichever of them a request arrives in.
//
//   int32 0    the position
//   int32 1…   the sequence: indexes into the service's members

/** A longer sequence is not worth its memory: shares are then met to within one part in ten thousand. */
const sequenceMax = 10_000

/**
 * Smooth weighted round robin, which is Apache's byrequests: each earns its weight, the richest is chosen and pays what
 * all earned. Weights 3 and 1 give a a b a, equal ones a strict cycle.
 */
export function smoothSequence(weights: readonly number[]): number[] {
  const shares = reduced(weights)
  const total = shares.reduce((sum, share) => sum + share, 0)
  const earned = shares.map(() => 0)
  return Array.from({ length: total }, () => {
    let chosen = 0
    for (const [index, share] of shares.entries()) {
      const richest = earned[chosen] ?? 0
      const mine = (earned[index] ?? 0) + share
      earned[index] = mine
      if (index === 0 || mine > richest) chosen = index
    }
    earned[chosen] = (earned[chosen] ?? 0) - total
    return chosen
  })
}

/** In lowest terms: the shortest sequence with the same shares. Weights come in steps of a hundredth. */
function reduced(weights: readonly number[]): readonly number[] {
  const hundredths = weights.map((weight) => Math.max(1, Math.round(weight * 100)))
  const divisor = hundredths.reduce(gcd, 0) || 1
  const total = hundredths.reduce((sum, weight) => sum + weight, 0) / divisor
  const scale = total > sequenceMax ? sequenceMax / total : 1
  return hundredths.map((weight) => Math.max(1, Math.round((weight / divisor) * scale)))
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** @param from the first position to be taken */
export function turnsMemory(sequence: readonly number[], from: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((1 + sequence.length) * Int32Array.BYTES_PER_ELEMENT)
  new Int32Array(memory).set([from, ...sequence])
  return memory
}

export class Turns {
  readonly memory: SharedArrayBuffer
  readonly #position: Int32Array
  readonly #sequence: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#position = new Int32Array(memory, 0, 1)
    this.#sequence = new Int32Array(memory, Int32Array.BYTES_PER_ELEMENT)
  }

  /**
   * Takes the next turn of a member that `mayTake` it, passing over the others; undefined when none may. Two threads
   * never take the same turn: whoever comes second sees the position moved and looks again.
   */
  take(mayTake: (member: number) => boolean): number | undefined {
    for (;;) {
      const seen = Atomics.load(this.#position, 0)
      const at = this.#find(seen, mayTake)
      if (at === -1) return undefined
      const next = at + 1 === this.#sequence.length ? 0 : at + 1
      if (Atomics.compareExchange(this.#position, 0, seen, next) === seen) return this.#sequence[at]
    }
  }

  /** The members in the order of their turns, from the one that is due. */
  *upcoming(): Iterable<number> {
    const from = Atomics.load(this.#position, 0)
    for (let i = 0; i < this.#sequence.length; i++) yield this.#sequence[(from + i) % this.#sequence.length] ?? 0
  }

  #find(from: number, mayTake: (member: number) => boolean): number {
    const { length } = this.#sequence
    let at = from
    for (let passed = 0; passed < length; passed++) {
      if (mayTake(this.#sequence[at] ?? 0)) return at
      at = at + 1 === length ? 0 : at + 1
    }
    return -1
  }
}
